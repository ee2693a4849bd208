import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { onTestFinished } from 'vitest';
import { createDockerEngine, type DockerEngineOptions } from '#adapters/docker/docker-engine.ts';

const run = promisify(execFile);

/** A signal that nobody aborts. */
export const never = () => new AbortController().signal;

/** An engine adapter that is closed when the test ends. */
export function engineFor(options: Partial<DockerEngineOptions> = {}) {
  const engine = createDockerEngine({ choice: {}, environment: {}, home: '/nonexistent', ...options });
  onTestFinished(() => engine.close());
  return engine;
}

export const engineAt = (path: string) => engineFor({ choice: { host: `unix://${path}` } });

/** The docker command line's own output. */
export async function docker(...args: string[]): Promise<string> {
  return (await run('docker', args, { maxBuffer: 64 * 1024 * 1024 })).stdout.trim();
}

const LABEL = ['--label', 'dev.backlot.test=1'];

/** Makes a container by `docker create`, removed when the test ends. */
export async function makeContainer(options: readonly string[], command: readonly string[], image = 'debian:bookworm-slim'): Promise<string> {
  const id = await docker('create', ...LABEL, ...options, image, ...command);
  onTestFinished(async () => void (await docker('rm', '-f', '-v', id).catch(() => {})));
  return id;
}

/** The same, started. */
export async function runContainer(options: readonly string[], command: readonly string[]): Promise<string> {
  const id = await makeContainer(options, command);
  await docker('start', id);
  return id;
}

export async function makeNetwork(name: string, ...options: string[]): Promise<string> {
  const id = await docker('network', 'create', ...LABEL, ...options, name);
  onTestFinished(async () => void (await docker('network', 'rm', id).catch(() => {})));
  return id;
}

/** A name that no other test has. */
export const unique = (word: string) => `backlot-test-${word}-${process.pid}-${Math.random().toString(36).slice(2, 8)}`;

/** The first item that fits. */
export async function first<Item>(items: AsyncIterable<Item>, fits: (item: Item) => boolean): Promise<Item> {
  for await (const item of items) if (fits(item)) return item;
  throw new Error('it ended without one that fits');
}

/** Every item, to the end. */
export async function all<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const taken: Item[] = [];
  for await (const item of items) taken.push(item);
  return taken;
}

/** The failure that something ends with. */
export async function failureOf(work: Promise<unknown>): Promise<{ readonly code: string; readonly message: string; readonly fix?: string }> {
  try {
    await work;
  } catch (error) {
    return error as { code: string; message: string; fix?: string };
  }
  throw new Error('it did not fail');
}
