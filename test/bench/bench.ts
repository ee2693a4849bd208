import { execFile, spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** One row of the table: what was measured, against whom, and what it should be. */
export type Row = {
  readonly name: string;
  /** Ratio to the peer at most, or the absolute budget where there is no peer. */
  readonly goal: number;
  readonly measure: () => Promise<Measured>;
};

export type Measured = {
  readonly unit: 's' | 'ms' | 'lines/s' | 'questions/s' | 'requests' | 'MB' | 'MB/s' | '% of a core';
  readonly ours: readonly number[];
  readonly peer?: { readonly name: string; readonly values: readonly number[] };
  /** More is better: the goal is a minimum. */
  readonly higherIsBetter?: boolean;
  /** Context, such as sizes. */
  readonly note?: string;
};

const root = join(import.meta.dirname, '../..');
export const backlot = join(root, 'out/cli/backlot.js');

const execute = promisify(execFile);

/** Runs a command to its end and answers how many milliseconds it took. A failing command fails the bench. */
export async function timed(file: string, args: readonly string[], options: { readonly cwd?: string; readonly env?: NodeJS.ProcessEnv } = {}): Promise<number> {
  const began = performance.now();
  await execute(file, args, { maxBuffer: 1 << 30, ...options });
  return performance.now() - began;
}

/** Runs ours and the peer in turn, A B A B …, with what has to be done between. */
export async function alternately(rounds: number, ours: () => Promise<number>, peer: () => Promise<number>): Promise<{ ours: number[]; peer: number[] }> {
  const result = { ours: [] as number[], peer: [] as number[] };
  for (let round = 0; round < rounds; round++) {
    result.ours.push(await ours());
    result.peer.push(await peer());
  }
  return result;
}

/** A folder with these files for as long as the body runs, and a Backlot home of its own. */
export async function withProject<Result>(files: Readonly<Record<string, string>>, body: (project: { directory: string; env: NodeJS.ProcessEnv }) => Promise<Result>): Promise<Result> {
  const directory = await mkdtemp(join(tmpdir(), 'backlot-bench-'));
  const home = await mkdtemp(join(tmpdir(), 'backlot-bench-home-'));
  const env = { ...process.env, BACKLOT_DNS_PORT: 'off', BACKLOT_HOME: home };
  try {
    for (const [name, content] of Object.entries(files)) await writeFile(join(directory, name), content);
    return await body({ directory, env });
  } finally {
    await execute('node', [backlot, 'down', '--all', '-C', directory], { env }).catch(() => {});
    await execute('docker', ['compose', 'down', '--volumes', '--timeout', '0'], { cwd: directory }).catch(() => {});
    await rm(directory, { recursive: true, force: true });
    await rm(home, { recursive: true, force: true });
  }
}

/** Both tools bring the same project up from nothing, in turn; what is up is taken down outside the measurement. */
export async function measureUp(files: Readonly<Record<string, string>>, rounds: number): Promise<Measured> {
  return withProject(files, async ({ directory, env }) => {
    const upAndDown = async (up: () => Promise<number>, down: () => Promise<number>) => {
      const took = await up();
      await down();
      return took / 1000;
    };
    const { ours, peer } = await alternately(
      rounds,
      () => upAndDown(() => timed('node', [backlot, 'up', '-C', directory], { env }), () => timed('node', [backlot, 'down', '-C', directory], { env })),
      () => upAndDown(() => timed('docker', ['compose', 'up', '-d', '--wait'], { cwd: directory }), () => timed('docker', ['compose', 'down'], { cwd: directory })),
    );
    return { unit: 's', ours, peer: { name: 'docker compose up -d --wait', values: peer } };
  });
}

/** Starts `backlot serve` and answers its address and process. */
export async function startServe(directory: string, env: NodeJS.ProcessEnv): Promise<{ url: string; pid: number; stop(): Promise<void> }> {
  const child = spawn('node', [backlot, 'serve', '--json', '-C', directory], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const url = await new Promise<string>((resolve, reject) => {
    let text = '';
    child.stdout.on('data', (chunk: Buffer) => {
      text += chunk.toString();
      const event = text.split('\n').find((line) => line.includes('"listening"'));
      if (event) resolve((JSON.parse(event) as { url: string }).url);
    });
    child.once('close', () => reject(new Error('backlot serve ended before it listened')));
  });
  return {
    url,
    pid: child.pid ?? 0,
    stop: async () => {
      child.kill('SIGINT');
      await ended;
    },
  };
}

/** Four services in a row, with health intervals as people write them. */
export const chain = {
  'compose.yaml': `
name: backlot-bench-chain
x-health: &health { interval: 5s, timeout: 3s, retries: 20 }
services:
  db:
    image: postgres:15
    environment: { POSTGRES_PASSWORD: bench }
    stop_grace_period: 1s
    healthcheck: { <<: *health, test: ["CMD-SHELL", "pg_isready -U postgres"] }
  cache:
    image: redis:7
    stop_grace_period: 1s
    depends_on: { db: { condition: service_healthy } }
    healthcheck: { <<: *health, test: ["CMD", "redis-cli", "ping"] }
  api:
    image: redis:7
    stop_grace_period: 1s
    command: ["redis-server", "--port", "6390"]
    depends_on: { cache: { condition: service_healthy } }
    healthcheck: { <<: *health, test: ["CMD", "redis-cli", "-p", "6390", "ping"] }
  web:
    image: redis:7
    stop_grace_period: 1s
    command: ["redis-server", "--port", "6391"]
    depends_on: { api: { condition: service_healthy } }
    healthcheck: { <<: *health, test: ["CMD", "redis-cli", "-p", "6391", "ping"] }
`,
  'backlot.yaml': 'version: 1\nname: backlot-bench-chain\ncompose: [compose.yaml]\nsets: { minimal: { services: all, ports: { db: { 5432: 35432 }, cache: { 6379: 36379 } } } }\n',
};
