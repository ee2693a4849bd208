import headless from '@xterm/headless';
import { afterEach, describe, expect, test } from 'vitest';
import { createTerminalHost } from '#adapters/process/terminal-host.ts';
import { TERMINAL_QUESTIONS, type TerminalOutput } from '#contract/terminals.ts';
import { createTerminals, type DescribedCommand, type Terminals } from '#features/terminals/sessions.ts';

const never = new AbortController().signal;
const here = { directory: '/tmp', columns: 80, rows: 24 };
const opened: Terminals[] = [];
afterEach(async () => {
  await Promise.all(opened.splice(0).map((terminals) => terminals.close()));
});

/** Terminals that run a script of the test. */
function terminalsOf(script: string | (() => Promise<string>), more: Partial<DescribedCommand> = {}): Terminals {
  const terminals = createTerminals({
    host: createTerminalHost(process.env),
    now: () => new Date('2026-01-02T03:04:05Z'),
    commandFor: async ({ columns, rows, directory }) => ({
      title: 'a shell', file: '/bin/bash', arguments: ['--norc', '-c', typeof script === 'string' ? script : await script()],
      environment: {}, directory, columns, rows, ...more,
    }),
  });
  opened.push(terminals);
  return terminals;
}

/** A page: an own terminal that shows what it reads and answers nothing. */
function page(terminals: Terminals, id: string) {
  const controller = new AbortController();
  const items: TerminalOutput[] = [];
  const terminal = new headless.Terminal({ cols: 80, rows: 24, scrollback: 5_000, allowProposedApi: true });
  const finished = (async () => {
    for await (const item of terminals.methods.output({ id }, controller.signal)) {
      items.push(item as TerminalOutput);
      if (item.type === 'screen') {
        terminal.reset();
        terminal.resize(item.columns, item.rows);
      }
      if (item.type !== 'ended') await new Promise<void>((resolve) => terminal.write(item.text, resolve));
    }
  })();
  const lines = () => {
    const buffer = terminal.buffer.active;
    const all = Array.from({ length: buffer.length }, (_, index) => buffer.getLine(index)?.translateToString(true) ?? '');
    return all.join('\n').trimEnd().split('\n');
  };
  return { items, finished, lines, terminal, leave: () => controller.abort() };
}

describe('a terminal', () => {
  test('is described, shown from its first character, typed into, and ends with its exit code', async () => {
    const terminals = terminalsOf('echo "what?"; read line; echo "you said $line"; exit 3');
    const view = await terminals.methods.open({ ...here, set: 'minimal', service: 'db' }, never);
    expect(view).toEqual({
      id: expect.stringMatching(/^terminal-[0-9a-f]{16}$/), title: 'a shell', directory: '/tmp', set: 'minimal', service: 'db', state: 'open', columns: 80, rows: 24,
      opened: '2026-01-02T03:04:05.000Z',
    });
    const reader = page(terminals, view.id);
    await expect.poll(reader.lines).toEqual(['what?']);
    await terminals.methods.write({ id: view.id, text: 'nothing\r' }, never);
    await reader.finished;
    expect(reader.lines()).toEqual(['what?', 'nothing', 'you said nothing']);
    expect(reader.items.map((item) => item.type)).toEqual(['screen', ...reader.items.slice(1, -1).map(() => 'text'), 'ended']);
    expect(reader.items.at(-1)).toEqual({ type: 'ended', exitCode: 3 });
    expect((await terminals.methods.list({}, never)).terminals).toMatchObject([{ id: view.id, state: 'ended', exitCode: 3 }]);
  });

  test('shows a reader that comes after its end the same screen, and its end', async () => {
    const terminals = terminalsOf('printf "\\033[1;31mred\\033[0m plain\\r\\nsecond line"');
    const { id } = await terminals.methods.open(here, never);
    const first = page(terminals, id);
    await first.finished;
    const late = page(terminals, id);
    await late.finished;
    expect(late.items.map((item) => item.type)).toEqual(['screen', 'ended']);
    expect(late.lines()).toEqual(['red plain', 'second line']);
    expect(late.items[0]).toMatchObject({ text: expect.stringContaining('\u001b[31;1mred') });
  });

  test('gives readers that come at any moment the same lines: none lost, none doubled', async () => {
    const terminals = terminalsOf('for i in $(seq 1 4000); do echo "line $i"; done; sleep 0.05; seq 1 500; read');
    const { id } = await terminals.methods.open(here, never);
    const readers = [page(terminals, id)];
    for (let count = 0; count < 12; count++) {
      for (let turn = 0; turn < count * 3; turn++) await new Promise((resolve) => setImmediate(resolve));
      readers.push(page(terminals, id));
    }
    const expected = [...Array.from({ length: 4_000 }, (_, index) => `line ${index + 1}`), ...Array.from({ length: 500 }, (_, index) => `${index + 1}`)];
    for (const reader of readers) await expect.poll(reader.lines, { timeout: 10_000 }).toEqual(expected);
  }, 30_000);

  test('keeps 5,000 lines above its screen', async () => {
    const terminals = terminalsOf('seq 1 20000; printf end; read');
    const { id } = await terminals.methods.open(here, never);
    const first = page(terminals, id);
    await expect.poll(() => first.lines().at(-1), { timeout: 10_000 }).toBe('end');
    const late = page(terminals, id);
    await expect.poll(() => late.lines().length).toBe(5_000 + 24);
    expect(late.lines().at(0)).toBe('14978');
  });

  test('takes a new size, and tells it to its program and to later readers', async () => {
    const terminals = terminalsOf('trap "stty size" WINCH; echo ready; while :; do sleep 0.05; done');
    const { id } = await terminals.methods.open(here, never);
    const reader = page(terminals, id);
    await expect.poll(reader.lines).toEqual(['ready']);
    await terminals.methods.resize({ id, columns: 100, rows: 30 }, never);
    await expect.poll(reader.lines).toContain('30 100');
    expect((await terminals.methods.list({}, never)).terminals).toMatchObject([{ columns: 100, rows: 30 }]);
    const late = page(terminals, id);
    await expect.poll(() => late.items[0]).toMatchObject({ type: 'screen', columns: 100, rows: 30 });
  });

  test('B37: answers every question that windows leave to it, and no question for a colour', async () => {
    const asked: string[] = [];
    const window = new headless.Terminal({ allowProposedApi: true });
    window.onData((text) => asked.push(text));
    const ask = () => new Promise<void>((resolve) => window.write('\x1b[c\x1b[>c\x1b[5n\x1b[6n\x1b[?6n\x1b[4$p\x1b[?2004$p\x1bP$qm\x1b\\\x1b]11;?\x07', resolve));
    await ask();
    expect(asked).toHaveLength(8);
    for (const question of TERMINAL_QUESTIONS.csi) window.parser.registerCsiHandler(question, () => true);
    for (const question of TERMINAL_QUESTIONS.dcs) window.parser.registerDcsHandler(question, () => true);
    await ask();
    expect(asked).toHaveLength(8);
  });

  test('B37: answers what its program asks once, with no reader and with several', async () => {
    const ask = 'stty -echo; printf "\\033[6n"; IFS= read -r -d R answer; printf "%q\\n" "$answer"; read -r -t 0.3 -n 1 more && echo "asked once, answered twice"; echo asked;';
    const terminals = terminalsOf(`${ask} read -r; ${ask} read`);
    const { id } = await terminals.methods.open(here, never);
    const first = page(terminals, id);
    await expect.poll(first.lines).toContain('asked');
    const second = page(terminals, id);
    await expect.poll(second.lines).toContain('asked');
    await terminals.methods.write({ id, text: '\r' }, never);
    await expect.poll(() => second.lines().filter((line) => line === 'asked')).toHaveLength(2);
    expect(second.lines().join('\n')).not.toContain('twice');
  });
});

describe('flow control', () => {
  const flood = 'yes "a line of a program that never stops" & trap "kill %1" EXIT HUP; wait';

  test('a program that nobody looks at runs on, in bounded memory', async () => {
    const terminals = terminalsOf('seq 1 600000; printf done; read');
    const { id } = await terminals.methods.open(here, never);
    const before = process.memoryUsage().heapUsed;
    const look = async () => {
      for await (const item of terminals.methods.output({ id }, never)) return item.type === 'screen' && item.text.trimEnd().endsWith('done');
      return false;
    };
    await expect.poll(look, { timeout: 50_000, interval: 300 }).toBe(true);
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(150_000_000);
  }, 60_000);

  test('a program waits for its slowest reader, and goes on when that leaves', async () => {
    const terminals = terminalsOf(flood);
    const { id } = await terminals.methods.open(here, never);
    const slow = terminals.methods.output({ id }, never)[Symbol.asyncIterator]();
    await slow.next();
    await slow.next();
    let read = 0;
    const leave = new AbortController();
    const quick = (async () => {
      for await (const item of terminals.methods.output({ id }, leave.signal)) if (item.type === 'text') read += item.text.length;
    })();
    // The quick one gets what fits into the slow one's room and what was on its way, then waits too.
    let before = -1;
    await expect.poll(() => before === (before = read) && read > 100_000, { interval: 300, timeout: 4_000 }).toBe(true);
    expect(read).toBeLessThan(2_000_000);
    await slow.return?.(undefined);
    await expect.poll(() => read, { timeout: 10_000 }).toBeGreaterThan(before + 2_000_000);
    leave.abort();
    await quick;
  }, 20_000);

  test('a reader that stands still does not hold the others up for ever, and gets the screen when it comes back', async () => {
    const terminals = terminalsOf(`seq 1 100000; echo "the end"; read`);
    const { id } = await terminals.methods.open(here, never);
    const still = terminals.methods.output({ id }, never)[Symbol.asyncIterator]();
    const first = await still.next();
    expect(first.value).toMatchObject({ type: 'screen' });
    const quick = page(terminals, id);
    await expect.poll(() => quick.lines().at(-1), { timeout: 15_000 }).toBe('the end');
    const types = [];
    let last = '';
    while (!last.includes('the end')) {
      const { value } = (await still.next()) as { value: TerminalOutput };
      types.push(value.type);
      if (value.type !== 'ended') last = value.text;
    }
    expect(types).toContain('screen');
  }, 30_000);

  test('keys come through while a program floods its screen', async () => {
    const terminals = terminalsOf('while ! read -t 0 line; do echo "a line of a program that prints and prints"; done; read line; echo "got $line"');
    const { id } = await terminals.methods.open(here, never);
    const reader = page(terminals, id);
    await expect.poll(() => reader.items.length).toBeGreaterThan(10);
    await terminals.methods.write({ id, text: 'stop\r' }, never);
    await reader.finished;
    expect(reader.lines().at(-1)).toBe('got stop');
  }, 20_000);
});

describe('terminals', () => {
  test('are ended and forgotten when they are closed; their readers are told', async () => {
    let cleanedUp = 0;
    const terminals = terminalsOf('echo ready; exec sleep 600', { cleanUp: async () => void cleanedUp++ });
    const { id } = await terminals.methods.open(here, never);
    const reader = page(terminals, id);
    await expect.poll(reader.lines).toEqual(['ready']);
    await terminals.methods.close({ id }, never);
    expect(cleanedUp).toBe(1);
    await reader.finished;
    expect(reader.items.at(-1)).toEqual({ type: 'ended', exitCode: 129, why: 'ended by SIGHUP' });
    expect((await terminals.methods.list({}, never)).terminals).toEqual([]);
    await expect(terminals.methods.write({ id, text: 'x' }, never)).rejects.toMatchObject({ code: 'terminal-missing' });
  });

  test('clean nothing up where the shell ended by itself', async () => {
    const terminals = terminalsOf('exit 0', { cleanUp: () => expect.unreachable() });
    const { id } = await terminals.methods.open(here, never);
    await page(terminals, id).finished;
    await terminals.methods.close({ id }, never);
  });

  test('that are unknown are refused', async () => {
    const terminals = terminalsOf('');
    for (const id of ['', 'nothing', '__proto__']) {
      await expect(terminals.methods.close({ id }, never)).rejects.toMatchObject({ code: 'terminal-missing' });
      expect(() => terminals.methods.output({ id }, never)).toThrow(expect.objectContaining({ code: 'terminal-missing' }));
    }
  });

  test('go on when a reader leaves', async () => {
    const terminals = terminalsOf('echo one; read; echo two; read');
    const { id } = await terminals.methods.open(here, never);
    const first = page(terminals, id);
    await expect.poll(first.lines).toEqual(['one']);
    first.leave();
    await first.finished;
    await terminals.methods.write({ id, text: '\r' }, never);
    const second = page(terminals, id);
    await expect.poll(second.lines).toContain('two');
  });

  test('let go of a reader that leaves while small pieces are gathered for it', async () => {
    const terminals = terminalsOf('echo one; read');
    const { id } = await terminals.methods.open(here, never);
    const controller = new AbortController();
    const read = (async () => {
      for await (const item of terminals.methods.output({ id }, controller.signal)) {
        if (JSON.stringify(item).includes('one')) setImmediate(() => controller.abort());
      }
    })();
    await expect(read).resolves.toBeUndefined();
  });

  test('are at most fifty; ended ones make room', async () => {
    let script = 'exit 0';
    const terminals = terminalsOf(async () => script);
    const { id } = await terminals.methods.open(here, never);
    await page(terminals, id).finished;
    script = 'read';
    await Promise.all(Array.from({ length: 50 }, () => terminals.methods.open(here, never)));
    const { terminals: views } = await terminals.methods.list({}, never);
    expect(views).toHaveLength(50);
    expect(views.every((view) => view.state === 'open')).toBe(true);
    await expect(terminals.methods.open(here, never)).rejects.toMatchObject({ code: 'command-failed', fix: expect.stringContaining('Close') });
  }, 20_000);

  test('all end when Backlot ends, and none opens then', async () => {
    const terminals = terminalsOf('read');
    const readers = [];
    for (let count = 0; count < 3; count++) readers.push(page(terminals, (await terminals.methods.open(here, never)).id));
    const late = expect(terminals.methods.open(here, never)).rejects.toMatchObject({ code: 'cancelled' });
    await terminals.close();
    await Promise.all(readers.map((reader) => reader.finished));
    await late;
  });

  test('say why they cannot be opened', async () => {
    const terminals = createTerminals({ host: createTerminalHost({}), commandFor: () => Promise.reject(new Error('no such service')) });
    await expect(terminals.methods.open(here, never)).rejects.toThrow('no such service');
    expect((await terminals.methods.list({}, never)).terminals).toEqual([]);
  });
});
