import { Worker } from 'node:worker_threads';
import { afterEach, describe, expect, test, vi } from 'vitest';
import type { LogLine } from '#contract/stack.ts';
import { exportLine } from '../../../src-renderer/features/logs/export-lines.ts';
import { EVERYTHING } from '../../../src-renderer/features/logs/log-filter.ts';
import { LogModel } from '../../../src-renderer/features/logs/log-model.ts';
import { Matcher } from '../../../src-renderer/features/logs/matcher.ts';

/** A thread takes its time to start on a busy machine. */
const soon = (check: () => void) => vi.waitFor(check, { timeout: 20_000 });

const matchers: Matcher[] = [];
afterEach(() => matchers.splice(0).forEach((matcher) => matcher.reset()));

/** A matcher over a real thread, as in the page. */
function matcher(patience?: number): Matcher {
  const made = new Matcher(() => {
    const entry = new URL('./match-thread.ts', import.meta.url).href;
    const worker = new Worker(`import('tsx/esm/api').then(({ register }) => (register(), import(${JSON.stringify(entry)})))`, { eval: true });
    return {
      ask: (question) => worker.postMessage(question),
      onReply: (listener) => void worker.on('message', listener),
      terminate: () => void worker.terminate(),
    };
  }, patience);
  matchers.push(made);
  return made;
}

const model = (lines = 1000, patience?: number) => new LogModel(matcher(patience), { lines, characters: 1e7 });
const line = (service: string, time: number, text: string, stream: LogLine['stream'] = 'stdout'): LogLine => ({ service, stream, time: `2026-11-21T09:00:00.${String(time).padStart(9, '0')}Z`, line: text });
const shown = ({ visible, ring }: LogModel) => Array.from({ length: visible.count }, (_, index) => ring.at(visible.at(index) ?? -1)?.text);

describe('the model of a log view', () => {
  test('shows lines of all services in order of time, late ones in their place', () => {
    const logs = model();
    logs.append({ lines: [line('api', 1, 'a1'), line('db', 5, 'd5'), line('api', 3, 'a3')] });
    logs.append({ lines: [line('db', 2, 'd2'), line('db', 9, 'd9')] });
    expect(shown(logs)).toEqual(['a1', 'd2', 'a3', 'd5', 'd9']);
  });

  test('shows what happened to a stream between its lines', () => {
    const logs = model();
    logs.append({ lines: [line('api', 1, 'before')] });
    logs.append({ lines: [line('api', 2, 'after')], note: { service: 'api', text: 'started again' } });
    expect(shown(logs)).toEqual(['before', 'started again', 'after']);
  });

  test('hides services, streams and levels that are switched off', () => {
    const logs = model();
    logs.append({ lines: [line('api', 1, 'INFO fine'), line('api', 2, 'ERROR bad', 'stderr'), line('db', 3, 'WARNING hm')] });
    logs.setFilter({ ...EVERYTHING, hidden: ['db'] });
    expect(shown(logs)).toEqual(['INFO fine', 'ERROR bad']);
    logs.setFilter({ ...EVERYTHING, severity: 'warnings' });
    expect(shown(logs)).toEqual(['ERROR bad', 'WARNING hm']);
    logs.setFilter({ ...EVERYTHING, stream: 'stderr' });
    expect(shown(logs)).toEqual(['ERROR bad']);
  });

  test('shows the lines that match, those that come later too', async () => {
    const logs = model();
    logs.append({ lines: [line('api', 1, 'one'), line('api', 2, 'two')] });
    logs.setFilter({ ...EVERYTHING, text: '/t(wo|hree)/' });
    await soon(() => expect(shown(logs)).toEqual(['two']));
    logs.append({ lines: [line('api', 3, 'three'), line('api', 4, 'four')] });
    await soon(() => expect(shown(logs)).toEqual(['two', 'three']));
    expect(logs.hits.count).toBe(2);
  });

  test('loses no line when a late one arrives while lines are being matched', async () => {
    const logs = model();
    logs.setFilter({ ...EVERYTHING, text: 'x' });
    logs.append({ lines: [line('api', 1, 'x1'), line('api', 5, 'x5')] });
    logs.append({ lines: [line('db', 3, 'x3')] });
    logs.append({ lines: [line('db', 6, 'x6')] });
    await soon(() => expect(shown(logs)).toEqual(['x1', 'x3', 'x5', 'x6']));
  });

  test('keeps lines that do not match in view when asked to, and counts the matches', async () => {
    const logs = model();
    logs.append({ lines: [line('api', 1, 'one'), line('api', 2, 'two')] });
    logs.setFilter({ ...EVERYTHING, text: 'two', onlyMatches: false });
    await soon(() => expect(shown(logs)).toEqual(['one', 'two']));
    expect(logs.hits.count).toBe(1);
  });

  test('B35: stays within its limits and tells how many lines it dropped', async () => {
    const logs = model(320);
    for (let batch = 0; batch < 100; batch++) logs.append({ lines: Array.from({ length: 50 }, (_, index) => line('api', batch * 50 + index, `line ${batch * 50 + index}`)) });
    expect(logs.ring.end - logs.ring.first).toBeLessThanOrEqual(320);
    await soon(() => expect(logs.scanning).toBe(false));
    expect(logs.dropped).toBe(5000 - logs.visible.count);
    expect(shown(logs).at(-1)).toBe('line 4999');
    expect(shown(logs)[0]).toBe(`line ${logs.dropped}`);
  });

  test('clears the view without calling that dropped', () => {
    const logs = model();
    logs.append({ lines: [line('api', 1, 'one')] });
    logs.clear();
    expect(shown(logs)).toEqual([]);
    expect(logs.dropped).toBe(0);
    logs.append({ lines: [line('api', 2, 'two')] });
    expect(shown(logs)).toEqual(['two']);
  });

  test('gives up an expression that takes for ever and shows every line again', async () => {
    const logs = model(1000, 1500);
    logs.append({ lines: [line('api', 1, `${'a'.repeat(40)}!`)] });
    logs.setFilter({ ...EVERYTHING, text: '/^(a+)+$/' });
    await soon(() => expect(logs.stuck).toBe(true));
    await soon(() => expect(logs.visible.count).toBe(1));
    logs.setFilter({ ...EVERYTHING, text: 'a!' });
    expect(logs.stuck).toBe(false);
    await soon(() => expect(logs.hits.count).toBe(1));
  });

  test('B35: holds the start of an endless line and tells its full length', () => {
    const logs = model();
    logs.append({ lines: [line('api', 1, 'x'.repeat(1_000_000))] });
    const entry = logs.ring.at(0);
    expect(entry?.text).toHaveLength(256 * 1024);
    expect(entry?.cut).toBe(1_000_000);
  });

  test('exports what is shown, as text and as one document a line', () => {
    const logs = model();
    logs.append({ lines: [line('api', 1, '\u001b[31mred\u001b[0m\u001b]0;x\u0007', 'stderr')] });
    const entry = logs.ring.at(0);
    if (!entry) throw new Error('no line');
    expect(exportLine(entry, 'text')).toBe('2026-11-21T09:00:00.000000001Z api | red\n');
    expect(JSON.parse(exportLine(entry, 'ndjson'))).toEqual({ service: 'api', stream: 'stderr', time: '2026-11-21T09:00:00.000000001Z', line: 'red' });
  });
});
