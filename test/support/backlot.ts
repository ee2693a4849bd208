import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { createApp, type App } from '#app';
import { createClient, type Started } from '#contract/client.ts';
import { api, type Backlot } from '#contract/index.ts';
import type { OperationEvent } from '#contract/operations.ts';
import { memoryPipe } from '#core/memory-pipe.ts';
import { serve } from '#core/serve.ts';

export type Scene = {
  readonly backlot: Backlot;
  readonly app: App;
  readonly directory: string;
  readonly home: string;
  /** The Compose project's name, and so the beginning of every container's. */
  readonly name: string;
  /** Starts an operation and answers its events when it has ended. */
  readonly run: (operation: Promise<Started>) => Promise<Run>;
  readonly write: (files: Readonly<Record<string, string>>) => Promise<void>;
};

type Run = { readonly events: readonly OperationEvent[]; readonly result: Extract<OperationEvent, { type: 'result' }> };

/** A project in a folder of its own with a Backlot home of its own, taken down with its data when the test is over. `NAME` in files is its name. */
export async function withScene<Result>(files: Readonly<Record<string, string>>, body: (scene: Scene) => Promise<Result>): Promise<Result> {
  const name = `bt-${randomBytes(4).toString('hex')}`;
  const directory = await realpath(await mkdtemp(join(tmpdir(), `${name}-`)));
  const home = await mkdtemp(join(tmpdir(), `${name}-home-`));
  const app = createApp({ environment: { BACKLOT_DNS_PORT: 'off', ...process.env, BACKLOT_HOME: home }, choice: {}, shell: 'test' });
  const [near, far] = memoryPipe();
  serve(far, app.dispatcher);
  const backlot = createClient(api, near);
  const write = async (more: Readonly<Record<string, string>>) => {
    for (const [file, text] of Object.entries(more)) await writeFile(join(directory, file), text.replaceAll('NAME', name));
  };
  try {
    await write({ 'backlot.yaml': 'version: 1\nname: NAME\ncompose: [compose.yaml]\nsets: { minimal: { services: all } }\n', ...files });
    return await body({ backlot, app, directory, home, name, write, run: async (operation) => collect(backlot, await operation) });
  } finally {
    await app.close();
    near.close();
    await removeAll(name);
    await rm(directory, { recursive: true, force: true });
    await rm(home, { recursive: true, force: true });
  }
}

/** Runs docker with these arguments and answers what it printed. */
export async function docker(...args: string[]): Promise<string> {
  const { stdout } = await promisify(execFile)('docker', args, { maxBuffer: 1 << 26 });
  return stdout.trim();
}

/** Runs until it does not throw any more, or the time is up. */
export async function eventually<Result>(body: () => Promise<Result>, limit = 15_000): Promise<Result> {
  const end = performance.now() + limit;
  for (;;) {
    try {
      return await body();
    } catch (error) {
      if (performance.now() > end) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

async function collect(backlot: Backlot, { id }: Started): Promise<Run> {
  const events: OperationEvent[] = [];
  for await (const event of backlot.operations.watch({ id })) {
    events.push(event);
    if (event.type === 'result') return { events, result: event };
  }
  throw new Error(`operation ${id} ended without a result`);
}

/** Removes what carries the Compose project's name, and nothing else. */
async function removeAll(project: string): Promise<void> {
  const ours = async (list: readonly string[], id: string) => {
    const lines = (await docker(...list, '--format', `{{.${id}}} {{.Label "com.docker.compose.project"}}`)).split('\n').map((line) => line.split(' '));
    return lines.flatMap(([one = '', of = '']) => (of === project || of.startsWith(`${project}-`) ? [one] : []));
  };
  const containers = await ours(['ps', '-a'], 'ID');
  if (containers.length > 0) await docker('rm', '-fv', ...containers);
  const networks = await ours(['network', 'ls'], 'ID');
  if (networks.length > 0) await docker('network', 'rm', ...networks);
  const volumes = await ours(['volume', 'ls'], 'Name');
  if (volumes.length > 0) await docker('volume', 'rm', '-f', ...volumes);
}
