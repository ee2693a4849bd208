import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';

const run = promisify(execFile);
const cli = join(import.meta.dirname, '../../../out/cli/backlot.js');

/** A small project of its own, and `backlot serve` in it. */
export type Served = {
  readonly directory: string;
  readonly name: string;
  /** A new address with a key that works once. */
  serve(): Promise<string>;
  backlot(...words: string[]): Promise<string>;
  /** The id of a service's container. */
  container(service: string): Promise<string>;
  stopServing(): Promise<void>;
  close(): Promise<void>;
};

/** The two files of a project, for its name. */
export type ServedFiles = { compose(name: string): string; backlot(name: string): string };

/** Makes the project: without other files a cache, a one-shot that waits for it, and a web server that waits for both; nothing is published. */
export async function makeServed(files: ServedFiles = { compose: composeFile, backlot: backlotFile }): Promise<Served> {
  const directory = await mkdtemp(join(tmpdir(), 'backlot-page-'));
  const name = `page${process.pid}${Date.now().toString(36)}`;
  const environment = { ...process.env, BACKLOT_DNS_PORT: 'off', BACKLOT_HOME: join(directory, '.home') };
  await writeFile(join(directory, 'compose.yaml'), files.compose(name));
  await writeFile(join(directory, 'backlot.yaml'), files.backlot(name));
  let child: ChildProcess | undefined;

  const backlot = async (...words: string[]) => (await run(process.execPath, [cli, '-C', directory, ...words], { env: environment, maxBuffer: 16_000_000 })).stdout;
  const stopServing = async () => {
    const ending = child;
    child = undefined;
    if (!ending || ending.exitCode !== null) return;
    await new Promise((resolve) => ending.once('exit', resolve).kill('SIGTERM'));
  };
  return {
    directory,
    name,
    backlot,
    stopServing,
    async serve() {
      await stopServing();
      child = spawn(process.execPath, [cli, '-C', directory, 'serve', '--json'], { env: environment, stdio: ['ignore', 'pipe', 'inherit'] });
      if (child.stdout) for await (const line of createInterface({ input: child.stdout })) return (JSON.parse(line) as { url: string }).url;
      throw new Error('backlot serve printed no address');
    },
    container: async (service) => (await run('docker', ['ps', '-aq', '--filter', `label=com.docker.compose.project=${name}`, '--filter', `label=com.docker.compose.service=${service}`])).stdout.trim(),
    async close() {
      await stopServing();
      await backlot('down', '--all', '--quiet').catch(() => '');
      await rm(directory, { recursive: true, force: true });
    },
  };
}

/** Brings a project of these Compose services up and serves the interface to it, once. */
export async function serveProject(services: Readonly<Record<string, object>>): Promise<Served & { readonly url: string }> {
  const labelled = Object.fromEntries(Object.entries(services).map(([service, body]) => [service, { ...body, labels: { 'dev.backlot.test': '1' } }]));
  const served = await makeServed({
    compose: (name) => JSON.stringify({ name, services: labelled }),
    backlot: (name) => `version: 1\nname: ${name}\ncompose: [compose.yaml]\nsets:\n  minimal: { services: all }\n`,
  });
  await served.backlot('up', '--quiet');
  return { ...served, url: await served.serve() };
}

function backlotFile(name: string): string {
  return `version: 1\nname: ${name}\ncompose: [compose.yaml]\nsets:\n  minimal: { services: [web], addresses: own }\n`;
}

function composeFile(name: string): string {
  return `name: ${name}
x-test: &test { dev.backlot.test: "1" }
services:
  cache:
    image: redis:7
    labels: *test
    tmpfs: [/data]
  migrate:
    image: debian:bookworm-slim
    command: ["sh", "-c", "echo migrating"]
    labels: *test
    depends_on: [cache]
  web:
    image: nginx:1.22
    labels: *test
    depends_on:
      cache: { condition: service_started }
      migrate: { condition: service_completed_successfully }
`;
}
