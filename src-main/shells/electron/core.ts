import type { ParentPort } from 'electron';
import { createApp } from '#app';
import { serve } from '#core/serve.ts';
import { portPipe } from './port-pipe.ts';
import type { FromCore, ToCore } from './words.ts';

/** The core's own process: the main process stays free, and a fault here does not close the window. */
const parent = (process as NodeJS.Process & { readonly parentPort: ParentPort }).parentPort;
const app = createApp({ environment: process.env, choice: {}, shell: 'electron' });

parent.on('message', ({ data, ports: [port] }) => {
  const word = data as ToCore;
  switch (word.t) {
    case 'line':
      if (port) serve(portPipe(port), app.dispatcher);
      return;
    case 'count':
      return parent.postMessage({ t: 'count', running: app.active().length } satisfies FromCore);
    case 'close':
      return void app.close().finally(() => process.exit(0));
    default:
      word satisfies never;
  }
});
