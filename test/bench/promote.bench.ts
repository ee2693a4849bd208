import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { createDockerEngine } from '#adapters/docker/docker-engine.ts';
import { createRunStore } from '#adapters/runs/run-store.ts';
import { findPaths } from '#adapters/state/paths.ts';
import { createApp } from '#app';
import { createClient } from '#contract/client.ts';
import { api, type Backlot } from '#contract/index.ts';
import { memoryPipe } from '#core/memory-pipe.ts';
import { serve } from '#core/serve.ts';
import { alternately, type Measured, type Row } from './bench.ts';

const execute = promisify(execFile);
const docker = async (...args: string[]) => (await execute('docker', args)).stdout.trim();
const git = async (cwd: string, ...args: string[]) => (await execute('git', ['-c', 'user.name=bench', '-c', 'user.email=bench@shop.example', ...args], { cwd })).stdout.trim();
const never = new AbortController().signal;

/** Megabytes of the image that nothing compresses. */
const SIZE = 64;

type Bench = { readonly backlot: Backlot; readonly directory: string; readonly registry: string; readonly image: string; readonly push: (name: string) => Promise<number>; readonly settle: (repository: string) => Promise<void> };

/** A pushed revision with a tested image, a registry, and the core in this process: no process starts are measured. */
async function withBench<Result>(body: (bench: Bench) => Promise<Result>): Promise<Result> {
  const folder = await mkdtemp(join(tmpdir(), 'backlot-bench-promote-'));
  const directory = join(folder, 'checkout');
  await mkdir(directory);
  const server = await docker('run', '-d', '--label', 'dev.backlot.test=1', '-p', '127.0.0.1::5000', 'registry:2');
  const registry = (await docker('port', server, '5000/tcp')).split('\n')[0] ?? '';
  const environment = { ...process.env, BACKLOT_HOME: join(folder, 'home'), BACKLOT_DNS_PORT: 'off' };
  const app = createApp({ environment, choice: {}, shell: 'bench' });
  const engine = createDockerEngine({ choice: {}, environment, home: folder });
  const [near, far] = memoryPipe();
  serve(far, app.dispatcher);
  const names: string[] = [];
  try {
    await git(folder, 'init', '--quiet', '--bare', '--initial-branch=main', 'remote.git');
    await git(directory, 'init', '--quiet', '--initial-branch=main');
    await git(directory, 'remote', 'add', 'origin', join(folder, 'remote.git'));
    const image = `backlot-bench/${folder.slice(-6).toLowerCase()}`;
    const context = join(folder, 'context');
    await mkdir(context);
    await writeFile(join(context, 'Dockerfile'), `FROM debian:bookworm-slim\nRUN head -c ${SIZE}M /dev/urandom >/noise\n`);
    await docker('build', '--quiet', '-t', image, context);
    names.push(image);
    const id = await docker('image', 'inspect', '--format', '{{.Id}}', image);
    const settle = async (repository: string) => {
      await writeFile(join(directory, 'backlot.yaml'), `version: 1\nname: bench\nbuild: { image: ${registry}/${repository} }\ntargets: { staging: { requires: [unit], platform: linux/amd64 } }\n`);
      await git(directory, 'add', '-A');
      await git(directory, 'commit', '--quiet', '--allow-empty', '-m', repository);
      await git(directory, 'push', '--quiet', 'origin', 'HEAD:main');
      const revision = await git(directory, 'rev-parse', 'HEAD');
      await docker('tag', image, `${registry}/${repository}:${revision}`);
      names.push(`${registry}/${repository}:${revision}`);
      const proof = { stage: 'unit', run: 'bench', inputs: 'x', tests: 1, failures: 0, skipped: 0, seconds: 1, time: new Date().toISOString(), where: 'bench' };
      await createRunStore({ paths: findPaths(environment) }).addEvidence({ digest: id, image, revision, dirty: false, platform: 'linux/amd64' }, [proof]);
    };
    const push = async (name: string) => {
      names.push(name);
      await engine.tagImage(id, name, never);
      const began = performance.now();
      await engine.pushImage(name, () => {}, never);
      return performance.now() - began;
    };
    return await body({ backlot: createClient(api, near), directory, registry, image, push, settle });
  } finally {
    near.close();
    await app.close();
    engine.close();
    await docker('rm', '-fv', server);
    await docker('image', 'rm', '-f', ...names).catch(() => {});
    await rm(folder, { recursive: true, force: true });
  }
}

async function promote({ backlot, directory }: Bench): Promise<number> {
  const began = performance.now();
  const { id } = await backlot.releases.promote({ directory, target: 'staging' });
  for await (const event of backlot.operations.watch({ id })) {
    if (event.type !== 'result') continue;
    if (!event.ok) throw new Error(`the promotion failed: ${JSON.stringify(event.error)}`);
  }
  return performance.now() - began;
}

async function again(): Promise<Measured> {
  return withBench(async (bench) => {
    await bench.settle('bench/again');
    await promote(bench);
    await bench.push(`${bench.registry}/bench/peer:1`);
    const { ours, peer } = await alternately(15, () => promote(bench), () => bench.push(`${bench.registry}/bench/peer:1`));
    return { unit: 'ms', ours, peer: { name: 'docker push again, without its process', values: peer }, note: 'with the whole gate: git status, the remote asked, evidence verified' };
  });
}

/** Each push goes to a registry of its own: the engine would take layers over from one that has them. */
async function fresh(): Promise<Measured> {
  const values: number[] = [];
  const peer: number[] = [];
  for (let round = 0; round < 4; round++) {
    await withBench(async (bench) => {
      await bench.settle('bench/ours');
      values.push(await promote(bench));
    });
    await withBench(async (bench) => void peer.push(await bench.push(`${bench.registry}/bench/peer:1`)));
  }
  return { unit: 'ms', ours: values, peer: { name: 'docker push, without its process', values: peer }, note: `${SIZE} MB that nothing compresses, on a base of 74 MB` };
}

export const promoteRows: readonly Row[] = [
  { name: 'promote-new', goal: 1.1, measure: fresh },
  { name: 'promote-again', goal: 0.5, measure: again },
];
