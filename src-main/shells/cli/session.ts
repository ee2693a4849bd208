import { createApp } from '#app';
import { createClient } from '#contract/client.ts';
import { api } from '#contract/index.ts';
import { memoryPipe } from '#core/memory-pipe.ts';
import { serve } from '#core/serve.ts';
import type { Session } from './context.ts';
import type { Globals } from './globals.ts';
import type { Environment } from './terminal.ts';

/** Makes the core in this process, with one client that speaks to it as every other shell's does. */
export function openSession(environment: Environment, { host, context }: Globals, shell: 'cli' | 'serve'): Session {
  const app = createApp({ environment, choice: { ...(host && { host }), ...(context && { context }) }, shell });
  const [near, far] = memoryPipe();
  serve(far, app.dispatcher);
  return {
    app,
    backlot: createClient(api, near),
    async close() {
      near.close();
      await app.close();
    },
  };
}
