import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';

const CLI = resolve(import.meta.dirname, '../../../out/cli/backlot.js');
const run = promisify(execFile);

export type ServedProject = {
  /** Opens the page once. */
  readonly url: string;
  cli(...words: readonly string[]): Promise<string>;
  close(): Promise<void>;
};

/** Brings a project of these Compose services up by the CLI and serves the interface to it, with a state folder of its own. */
export async function serveProject(services: Readonly<Record<string, object>>): Promise<ServedProject> {
  const directory = await mkdtemp(join(tmpdir(), 'backlot-page-'));
  const state = await mkdtemp(join(tmpdir(), 'backlot-state-'));
  const name = `page${process.pid}${Date.now() % 100_000}`;
  const labelled = Object.fromEntries(Object.entries(services).map(([service, body]) => [service, { ...body, labels: { 'dev.backlot.test': '1' } }]));
  await writeFile(join(directory, 'compose.yaml'), JSON.stringify({ name, services: labelled }));
  await writeFile(join(directory, 'backlot.yaml'), `version: 1\nname: ${name}\ncompose: [compose.yaml]\nsets:\n  minimal:\n    services: all\n`);
  const environment = { ...process.env, XDG_STATE_HOME: state, NO_COLOR: '1' };
  const cli = async (...words: readonly string[]) => (await run(process.execPath, [CLI, '-C', directory, ...words], { env: environment })).stdout;

  await cli('up');
  const server = spawn(process.execPath, [CLI, '-C', directory, 'serve', '--json'], { env: environment, stdio: ['ignore', 'pipe', 'inherit'] });
  return {
    url: await printedAddress(server),
    cli,
    close: async () => {
      const ended = new Promise((done) => server.once('exit', done));
      server.kill('SIGINT');
      await ended;
      await cli('down');
      await Promise.all([directory, state].map((folder) => rm(folder, { recursive: true, force: true })));
    },
  };
}

async function printedAddress({ stdout }: ChildProcess): Promise<string> {
  if (!stdout) throw new Error('serve has no output');
  for await (const line of createInterface({ input: stdout })) {
    const address = /http:\/\/[^\s"]+#k=[\w-]+/.exec(line)?.[0];
    if (address) return address;
  }
  throw new Error('serve ended without printing an address');
}
