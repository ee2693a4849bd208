import { readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { createTerminalHost } from '#adapters/process/terminal-host.ts';
import type { OpenTerminal, TerminalCommand } from '#ports/terminal-host.ts';

const host = createTerminalHost(process.env);

function open(script: string, more: Partial<TerminalCommand> = {}): OpenTerminal {
  return host.open({ file: '/bin/sh', arguments: ['-c', script], directory: '/tmp', environment: {}, columns: 80, rows: 24, ...more });
}

/** Everything that a program printed, and how it ended. */
function all(terminal: OpenTerminal): Promise<{ output: string; exitCode: number }> {
  let output = '';
  terminal.onOutput((text) => (output += text));
  return new Promise((resolve) => terminal.onEnd((exitCode) => resolve({ output, exitCode })));
}

const until = (terminal: OpenTerminal, word: string) =>
  new Promise<void>((resolve) => {
    let output = '';
    terminal.onOutput((text) => {
      output += text;
      if (output.includes(word)) resolve();
    });
  });

describe('a terminal', () => {
  test('runs a program that sees a terminal of the given size, folder and variables', async () => {
    const { output, exitCode } = await all(open('test -t 0 && test -t 1 && stty size && pwd && echo $TERM $SHOP; exit 7', { environment: { SHOP: 'blue' }, columns: 100, rows: 30 }));
    expect(output).toBe('30 100\r\n/tmp\r\nxterm-256color blue\r\n');
    expect(exitCode).toBe(7);
  });

  test('loses nothing of 200 short commands that print 200 KB each', async () => {
    const lost: number[] = [];
    for (let round = 0; round < 50; round++) {
      const results = await Promise.all(Array.from({ length: 4 }, () => all(open('head -c 199990 /dev/zero | tr "\\0" x; printf "the very end"'))));
      for (const { output } of results) if (output.length !== 199_990 + 12 || !output.endsWith('the very end')) lost.push(output.length);
    }
    expect(lost).toEqual([]);
  }, 120_000);

  test('loses nothing of a program that ended while its output was paused', async () => {
    for (let round = 0; round < 5; round++) {
      const terminal = open('head -c 3000 /dev/zero | tr "\\0" x; printf "the very end"');
      terminal.pause();
      const { output } = await all(terminal);
      expect(output).toHaveLength(3_012);
    }
  });

  test('loses nothing while this process is busy as the program ends', async () => {
    const terminal = open('head -c 60000 /dev/zero | tr "\\0" x; printf "the very end"');
    const result = all(terminal);
    const busyUntil = performance.now() + 800;
    while (performance.now() < busyUntil);
    expect((await result).output).toHaveLength(60_012);
  });

  test('makes the program wait while it is paused', async () => {
    const terminal = open('i=0; while [ $i -lt 40 ]; do head -c 10000 /dev/zero | tr "\\0" x; i=$((i+1)); done; printf END');
    let length = 0;
    terminal.onOutput((text) => {
      if (length === 0) terminal.pause();
      length += text.length;
    });
    const ended = new Promise((resolve) => terminal.onEnd(resolve));
    await expect.poll(() => length).toBeGreaterThan(0);
    const whilePaused = length;
    for (let turn = 0; turn < 50; turn++) await new Promise((resolve) => setImmediate(resolve));
    expect(length).toBeLessThan(whilePaused + 200_000);
    terminal.resume();
    await ended;
    expect(length).toBe(400_003);
  });

  test('takes what is typed, and a new size', async () => {
    const terminal = open('read line; echo "got $line"; read again; stty size');
    const got = until(terminal, 'got hello');
    const result = all(terminal);
    terminal.write('hello\r');
    await got;
    terminal.resize(120, 40);
    terminal.resize(0, -3);
    terminal.resize(120, 40);
    terminal.write('\r');
    expect((await result).output).toContain('40 120');
  });

  test('puts characters together that were split', async () => {
    const { output } = await all(open('printf "\\303"; sleep 0.1; printf "\\244 \\377"'));
    expect(output).toBe('\u00e4 \ufffd');
  });

  test('ends a program with SIGHUP', async () => {
    const terminal = open('echo ready; exec sleep 600');
    const ready = until(terminal, 'ready');
    const result = all(terminal);
    await ready;
    terminal.end();
    expect((await result).exitCode).toBe(129);
  });

  test('kills a program that ignores SIGHUP', async () => {
    const terminal = open('trap "" HUP TERM; echo ready; while :; do sleep 0.2; done');
    const ready = until(terminal, 'ready');
    const result = all(terminal);
    await ready;
    terminal.end();
    terminal.end();
    expect((await result).exitCode).toBe(137);
  });

  test('does nothing after its program has ended', async () => {
    const terminal = open('exit 0');
    await all(terminal);
    terminal.write('x');
    terminal.resize(10, 10);
    terminal.pause();
    terminal.resume();
    terminal.end();
  });

  test('of a program that is not there ends by itself and says why', async () => {
    const { output, exitCode } = await all(open('', { file: '/no/such/program', arguments: [] }));
    expect(exitCode).not.toBe(0);
    expect(output).toContain('No such file');
  });

  test.runIf(process.platform === 'linux')('leaves no descriptor behind (on Linux)', async () => {
    await all(open('true'));
    const before = readdirSync('/proc/self/fd').length;
    for (let round = 0; round < 20; round++) await all(open('true'));
    expect(readdirSync('/proc/self/fd').length).toBeLessThanOrEqual(before + 1);
  });
});

test('the shell is this user’s own, else the system’s', () => {
  expect(createTerminalHost({ SHELL: '/bin/fish' }).shell).toBe('/bin/fish');
  expect(createTerminalHost({}).shell).toMatch(/^\/.*sh$/);
});
