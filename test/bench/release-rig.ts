import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { createDockerEngine } from '#adapters/docker/docker-engine.ts';
import { createRunStore } from '#adapters/runs/run-store.ts';
import { findPaths } from '#adapters/state/paths.ts';
import { createApp } from '#app';
import { createClient, type Started } from '#contract/client.ts';
import { api, type Backlot } from '#contract/index.ts';
import type { OperationEvent } from '#contract/operations.ts';
import { memoryPipe } from '#core/memory-pipe.ts';
import { serve } from '#core/serve.ts';

const execute = promisify(execFile);
export const docker = async (...args: string[]) => (await execute('docker', args)).stdout.trim();
const git = async (cwd: string, ...args: string[]) => (await execute('git', ['-c', 'user.name=bench', '-c', 'user.email=bench@shop.example', ...args], { cwd })).stdout.trim();

export type ReleaseRig = {
  /** The core in this process: no process starts are measured. */
  readonly backlot: Backlot;
  readonly directory: string;
  readonly registry: string;
  /** A name that nothing else on this machine has. */
  readonly name: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Pushes an image to a registry by the engine's own interface, as `docker push` does without its process, and answers the milliseconds. */
  readonly push: (id: string, name: string) => Promise<number>;
  readonly build: (files: Readonly<Record<string, string>>) => Promise<string>;
  /** Commits these files and pushes them; the image that is named after the commit is this one, and has passed. */
  readonly settle: (files: Readonly<Record<string, string>>, image: { readonly id: string; readonly name: string }) => Promise<string>;
  /** Waits for an operation's end, and answers its result. */
  readonly end: (operation: Promise<Started>, onEvent?: (event: OperationEvent) => void) => Promise<Extract<OperationEvent, { type: 'result' }>>;
};

/** A checkout with a remote of its own, a registry, and the core in this process. All of it goes with the end of the body. */
export async function withReleaseRig<Result>(body: (rig: ReleaseRig) => Promise<Result>, variables: Readonly<Record<string, string>> = {}): Promise<Result> {
  const folder = await mkdtemp(join(tmpdir(), 'backlot-bench-release-'));
  const directory = join(folder, 'checkout');
  await mkdir(directory);
  const server = await docker('run', '-d', '--label', 'dev.backlot.test=1', '-p', '127.0.0.1::5000', 'registry:2');
  const registry = (await docker('port', server, '5000/tcp')).split('\n')[0] ?? '';
  const environment = { ...process.env, BACKLOT_HOME: join(folder, 'home'), BACKLOT_DNS_PORT: 'off', ...variables };
  const app = createApp({ environment, choice: {}, shell: 'bench' });
  const engine = createDockerEngine({ choice: {}, environment, home: folder });
  const [near, far] = memoryPipe();
  serve(far, app.dispatcher);
  const backlot = createClient(api, near);
  const names: string[] = [];
  const never = new AbortController().signal;
  const rig: ReleaseRig = {
    backlot,
    directory,
    registry,
    name: `bench-${folder.slice(-6).toLowerCase()}`,
    environment,
    async push(id, name) {
      names.push(name);
      await engine.tagImage(id, name, never);
      const began = performance.now();
      await engine.pushImage(name, () => {}, never);
      return performance.now() - began;
    },
    async build(files) {
      const context = await mkdtemp(join(folder, 'context-'));
      for (const [file, text] of Object.entries(files)) await writeFile(join(context, file), text);
      const id = await docker('build', '--quiet', context);
      names.push(id);
      return id;
    },
    async settle(files, { id, name }) {
      for (const [file, text] of Object.entries(files)) await writeFile(join(directory, file), text);
      await git(directory, 'add', '-A');
      await git(directory, 'commit', '--quiet', '--allow-empty', '-m', 'change');
      await git(directory, 'push', '--quiet', 'origin', 'HEAD:main');
      const revision = await git(directory, 'rev-parse', 'HEAD');
      names.push(`${name}:${revision}`);
      await docker('tag', id, `${name}:${revision}`);
      const proof = { stage: 'unit', run: 'bench', inputs: 'x', tests: 1, failures: 0, skipped: 0, seconds: 1, time: new Date().toISOString(), where: 'bench' };
      await createRunStore({ paths: findPaths(environment) }).addEvidence({ digest: id, image: name, revision, dirty: false, platform: 'linux/amd64' }, [proof]);
      return revision;
    },
    async end(operation, onEvent) {
      for await (const event of backlot.operations.watch({ id: (await operation).id })) {
        onEvent?.(event);
        if (event.type === 'result') return event;
      }
      throw new Error('the operation ended without a result');
    },
  };
  try {
    await git(folder, 'init', '--quiet', '--bare', '--initial-branch=main', 'remote.git');
    await git(directory, 'init', '--quiet', '--initial-branch=main');
    await git(directory, 'remote', 'add', 'origin', join(folder, 'remote.git'));
    return await body(rig);
  } finally {
    near.close();
    await app.close();
    engine.close();
    await docker('rm', '-fv', server);
    await docker('image', 'rm', '-f', ...names).catch(() => {});
    await rm(folder, { recursive: true, force: true });
  }
}

/** The result's value; a failure fails the bench. */
export function passed<Event extends Extract<OperationEvent, { type: 'result' }>>(event: Event): Event {
  if (!event.ok) throw new Error(`it failed: ${JSON.stringify(event.error)}`);
  return event;
}
