import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { OutputReader } from '#features/runs/results/output-reader.ts';
import { endedWithin } from '#features/runs/test-times.ts';

function read(text: string) {
  const reader = new OutputReader();
  for (const line of text.split('\n')) reader.push(line);
  const { counts, tests } = reader.end();
  return { counts, tests: tests.map(({ suite, name, state }) => `${[...suite, name].join(' > ')} ${state}`) };
}

/** What node prints of a suite. */
async function printed(suite: string, reporter: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'results-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  await writeFile(join(folder, 'a.test.js'), suite);
  const { NODE_TEST_CONTEXT: _none, ...env } = process.env;
  return new Promise((resolve) => execFile(process.execPath, ['--test', `--test-reporter=${reporter}`, 'a.test.js'], { cwd: folder, env }, (_error, stdout) => resolve(stdout)));
}

const SUITE = `const { test, describe, it } = require('node:test'); const assert = require('node:assert');
describe('outer', () => { describe('inner', () => { it('deep', () => {}); it('bad', () => assert.equal(1, 2)); }); it('todo', { todo: true }, () => {}); });
test('parent', async (t) => { await t.test('child', () => {}); });
test('skipped', { skip: 'why' }, () => {});
`;

test.each(['tap', 'spec'])("node's own reporter (%s) is read with node's own counts", async (reporter) => {
  expect(read(await printed(SUITE, reporter))).toEqual({
    counts: { tests: 6, failures: 1, skipped: 1 },
    tests: ['outer > inner > deep passed', 'outer > inner > bad failed', 'outer > todo skipped', 'parent > child passed', 'skipped skipped'],
  });
});

test("what an assertion of node says is the message of its test, also over several lines", async () => {
  const suite = `const { test } = require('node:test'); const assert = require('node:assert');
test('short', () => { throw new Error('no voucher'); });
test('long', () => assert.deepStrictEqual({ total: 12, message: 'a' }, { total: 11, message: 'a' }));
`;
  const reader = new OutputReader();
  for (const line of (await printed(suite, 'tap')).split('\n')) reader.push(line);
  const [short, long] = reader.end().tests;
  expect(short).toMatchObject({ name: 'short', message: 'no voucher' });
  expect(short).not.toHaveProperty('detail');
  expect(long).toMatchObject({ name: 'long', message: expect.stringMatching(/^Expected values to be strictly deep-equal:$/) as unknown });
  expect(long?.detail).toMatch(/^Expected values[^]*\n[+ ] {3}total: 12/);
});

describe('the end of a test', () => {
  const ends = (...lines: readonly (readonly [number, string])[]) => {
    const reader = new OutputReader();
    for (const [second, line] of lines) reader.push(line, `2026-11-21T10:00:${String(second).padStart(2, '0')}.000000009Z`);
    return reader.end().tests.map(({ name, ended }) => [name, ended?.slice(17)]);
  };

  test('is when it was printed', () => {
    expect(ends([1, '1..2'], [2, 'ok 1 - a'], [7, 'not ok 2 - b'], [9, 'over'])).toEqual([['a', '02.000Z'], ['b', '07.000Z']]);
    expect(ends([2, '✔ a (1.5ms)'], [7, '✖ b (4000ms)'])).toEqual([['a', '02.000Z'], ['b', '07.000Z']]);
  });

  test('is not known of a suite that prints all at once', () => {
    expect(ends([1, '1..2'], [7, 'ok 1 - a'], [7, 'not ok 2 - b'])).toEqual([['a', undefined], ['b', undefined]]);
  });

  test('of a report that tells of another time than that of its stage is not known', () => {
    const one = (ended: string) => ({ suite: [], name: 'a', state: 'failed' as const, seconds: 5, ended: `2026-11-21T10:00:${ended}Z` });
    const within = { from: Date.parse('2026-11-21T10:00:10Z'), to: Date.parse('2026-11-21T10:00:30Z') };
    expect(endedWithin([one('12.000'), one('15.000'), one('30.500'), one('32.000')], within).map(({ ended }) => ended?.slice(17))).toEqual([undefined, '15.000Z', '30.500Z', undefined]);
  });
});

describe('TAP', () => {
  test('of any producer is read with its directives', () => {
    expect(read('1..5\nok 1 - works\nnot ok 2 - breaks\nok 3 # SKIP not here\nnot ok 4 - later # TODO some day\nok 5 - with # in its name\n')).toEqual({
      counts: { tests: 5, failures: 1, skipped: 2 },
      tests: ['works passed', 'breaks failed', '(without a name) skipped', 'later skipped', 'with # in its name passed'],
    });
  });

  test('a plan of none is no tests, and lines that only begin alike are not TAP', () => {
    expect(read('TAP version 13\n1..0 # SKIP nothing here').counts.tests).toBe(0);
    expect(read('ok then, we begin\nnot ok at all').counts.tests).toBe(0);
  });
});

test.each([
  ['jest', 'Tests:       1 failed, 1 skipped, 2 passed, 4 total', [4, 1, 1]],
  ['vitest', '      Tests  1 failed | 2 passed (3)', [3, 1, 0]],
  ['pytest', '=================== 1 failed, 2 passed, 1 skipped, 3 warnings in 0.12s ===================', [4, 1, 1]],
  ['pytest without tests', '============================ no tests ran in 0.01s ============================', [0, 0, 0]],
  ['mocha', '  12 passing (30ms)\n  1 pending\n  2 failing', [15, 2, 1]],
  ['playwright', '  1 failed\n    a.spec.ts:3:1 opens\n  2 skipped\n  3 passed (2.1s)', [6, 1, 2]],
  ['unittest', 'Ran 5 tests in 0.001s\n\nFAILED (failures=1, errors=1, skipped=1)', [5, 2, 1]],
  ['cargo', 'test result: FAILED. 5 passed; 1 failed; 1 ignored; 0 measured; 0 filtered out', [7, 1, 1]],
  ['PHPUnit', 'Tests: 3, Assertions: 5, Failures: 1, Errors: 0, Skipped: 1.', [3, 1, 1]],
  ['PHPUnit, green', 'OK (3 tests, 5 assertions)', [3, 0, 0]],
  ['RSpec', '5 examples, 1 failure, 1 pending', [5, 1, 1]],
  ['minitest', '5 runs, 9 assertions, 1 failures, 1 errors, 1 skips', [5, 2, 1]],
  ['Surefire', 'Tests run: 2, Failures: 0, Errors: 0, Skipped: 0, Time elapsed: 0.1 s - in T\n[INFO] Tests run: 5, Failures: 1, Errors: 0, Skipped: 1', [5, 1, 1]],
  ['CTest', '50% tests passed, 1 tests failed out of 2', [2, 1, 0]],
  ['dotnet', 'Passed!  - Failed:     0, Passed:     5, Skipped:     1, Total:     6, Duration: 1 s', [6, 0, 1]],
  ['go', 'ok  \texample.com/a\t0.002s\n?   \texample.com/b\t[no test files]\nFAIL\texample.com/c\t0.1s', [2, 1, 0]],
  ['in colour', '\u001b[32mTests:\u001b[39m       2 passed, 2 total', [2, 0, 0]],
])('the last lines of %s are understood', (_runner, text, [tests, failures, skipped]) => {
  expect(read(text).counts).toEqual({ tests, failures, skipped });
});
