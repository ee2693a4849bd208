import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { spawn as openTerminal } from 'node-pty';

export const CLI = join(import.meta.dirname, '../../../out/cli/backlot.js');

export type Place = { readonly directory: string; readonly home: string; readonly environment?: Readonly<Record<string, string>> };
export type Ended = { readonly code: number | null; readonly stdout: string; readonly stderr: string };

/** Starts the built command line as a process of its own, without a terminal. */
export function start({ directory, home, environment }: Place, words: readonly string[]): { readonly child: ChildProcess; readonly stdout: () => string; readonly ended: Promise<Ended> } {
  const child = spawn(process.execPath, [CLI, ...words], { cwd: directory, env: variables(home, environment), stdio: ['pipe', 'pipe', 'pipe'] });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const ended = once(child, 'close').then(([code]) => ({ code: code as number | null, stdout, stderr }));
  return { child, stdout: () => stdout, ended };
}

/** Runs it to its end. `input` is what it reads. */
export async function run(place: Place, words: readonly string[], input = ''): Promise<Ended> {
  const { child, ended } = start(place, words);
  child.stdin?.end(input);
  return ended;
}

/** Runs it on a terminal; `onOutput` may type. */
export function runOnTerminal({ directory, home, environment }: Place, words: readonly string[], onOutput: (all: string, type: (keys: string) => void) => void): Promise<{ code: number; output: string }> {
  return new Promise((resolve) => {
    const terminal = openTerminal(process.execPath, [CLI, ...words], { cols: 100, rows: 30, cwd: directory, env: { ...variables(home, environment), TERM: 'xterm-256color', LANG: 'C.UTF-8' } });
    let output = '';
    terminal.onData((text) => {
      output += text;
      onOutput(output, (keys) => terminal.write(keys));
    });
    terminal.onExit(({ exitCode }) => resolve({ code: exitCode, output }));
  });
}

export function lines(text: string): Record<string, unknown>[] {
  return text.split('\n').filter(Boolean).map((line) => JSON.parse(line) as Record<string, unknown>);
}

/** Nothing of the machine that runs the tests shows through: not its CI, not its colours. */
function variables(home: string, environment: Readonly<Record<string, string>> = {}): Record<string, string> {
  const { PATH = '', HOME = '', DOCKER_HOST, DOCKER_CONFIG } = process.env;
  return { PATH, HOME, ...(DOCKER_HOST && { DOCKER_HOST }), ...(DOCKER_CONFIG && { DOCKER_CONFIG }), BACKLOT_HOME: home, BACKLOT_DNS_PORT: 'off', ...environment };
}
