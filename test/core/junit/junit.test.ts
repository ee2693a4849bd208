import { describe, expect, test } from 'vitest';
import { readJUnit } from '#core/junit/read-junit.ts';
import { writeJUnit } from '#core/junit/write-junit.ts';

const read = (text: string) => readJUnit(Buffer.from(text));
const states = (text: string) => read(text).tests.map(({ state }) => state);

describe('dialects', () => {
  test.each([
    ['pytest', '<?xml version="1.0" encoding="utf-8"?><testsuites><testsuite name="pytest" errors="1" failures="1" skipped="1" tests="4" time="0.1"><testcase classname="tests.test_a" name="test_ok" time="0.001" /><testcase classname="tests.test_a" name="test_bad" time="0.002"><failure message="assert 1 == 2">def test_bad():</failure></testcase><testcase classname="tests.test_a" name="test_skip" time="0"><skipped type="pytest.skip" message="no">x</skipped></testcase><testcase classname="tests.test_b" name="test_setup" time="0"><error message="failed on setup">boom</error></testcase></testsuite></testsuites>', ['passed', 'failed', 'skipped', 'broken']],
    ['jest-junit', '<testsuites name="jest tests" tests="2" failures="1" errors="0" time="1.2"><testsuite name="maths" errors="0" failures="1" skipped="0" tests="2"><testcase classname="maths adds" name="maths adds" time="0.01"></testcase><testcase classname="maths breaks" name="maths breaks" time="0.01"><failure>Error: expect(received)</failure></testcase></testsuite></testsuites>', ['passed', 'failed']],
    ['PHPUnit, nested', '<testsuites><testsuite name="" tests="3"><testsuite name="App\\Test" file="/app/T.php" tests="3"><testcase name="testA" class="T" classname="T" file="/app/T.php" line="9" assertions="1" time="0.1"/><testsuite name="T::testB" tests="2"><testcase name="testB with data set #0" time="0.1"/><testcase name="testB with data set #1" time="0.1"><error type="E">x</error></testcase></testsuite></testsuite></testsuite></testsuites>', ['passed', 'passed', 'broken']],
    ['Surefire with reruns', '<testsuite name="T" tests="2"><testcase name="flaky" classname="T"><flakyFailure message="once">trace</flakyFailure></testcase><testcase name="bad" classname="T"><failure message="x"/><rerunFailure message="again">trace</rerunFailure></testcase></testsuite>', ['passed', 'failed']],
    ['CTest', '<testsuite name="Linux" tests="3" failures="1" disabled="1" skipped="0"><testcase name="one" classname="one" time="0.1" status="run"/><testcase name="two" status="fail"><failure message="Failed"/></testcase><testcase name="three" status="disabled"/></testsuite>', ['passed', 'failed', 'skipped']],
    ['gotestsum', '<testsuites tests="2" failures="1"><testsuite tests="2" failures="1" time="0.1" name="pkg"><testcase classname="pkg" name="TestA" time="0.000000"></testcase><testcase classname="pkg" name="TestB" time="0.01"><failure message="Failed" type="">=== RUN TestB</failure></testcase></testsuite></testsuites>', ['passed', 'failed']],
    ['mocha-junit', '<testsuites name="Mocha Tests" time="1" tests="2" failures="1"><testsuite name="Root Suite" tests="0"></testsuite><testsuite name="maths" tests="2"><testcase name="maths adds" classname="adds" time="0"></testcase><testcase name="maths is pending" classname="p" time="0"><skipped/></testcase></testsuite></testsuites>', ['passed', 'skipped']],
    ['Playwright', '<testsuites id="" name="" tests="1" failures="1" skipped="0" errors="0" time="3"><testsuite name="a.spec.ts" timestamp="x" hostname="chromium" tests="1" failures="1"><testcase name="opens" classname="a.spec.ts" time="2.1"><failure message="a.spec.ts:3:1 opens" type="FAILURE"><![CDATA[  [chromium] > a.spec.ts <b>]]></failure><system-out><![CDATA[[[ATTACHMENT|x.png]]]]></system-out></testcase></testsuite></testsuites>', ['failed']],
    ['GoogleTest', '<testsuites tests="2"><testsuite name="S"><testcase name="A" status="run" result="completed" time="0"/><testcase name="B" status="notrun" result="suppressed"/></testsuite></testsuites>', ['passed', 'skipped']],
  ])('%s', (_name, text, expected) => {
    expect(states(text)).toEqual(expected);
    expect(read(text).problems).toEqual([]);
  });

  test('a test is told with its suites, its place, its time and what it said', () => {
    const [one] = read('<testsuites><testsuite name="outer"><testsuite name="inner" file="a.js"><testcase name="n" classname="C" time="1,234.5" line="7"><failure message="not so">  the\ntrace </failure></testcase></testsuite></testsuite></testsuites>').tests;
    expect(one).toEqual({ suite: ['outer', 'inner', 'C'], name: 'n', state: 'failed', seconds: 1234.5, file: 'a.js', line: 7, message: 'not so', detail: 'the\ntrace' });
  });
});

describe('what node’s own reporter escapes twice', () => {
  const message = (text: string) => read(`<testsuite name="s"><testcase name="n"><failure message="${text}"/></testcase></testsuite>`).tests[0]?.message;
  test('is told as it was', () => expect(message('Expected &amp;quot;a &lt; b&amp;quot;')).toBe('Expected "a < b"'));
  test('stays where a test speaks of entities', () => {
    expect(message('&quot;&amp;quot;&quot; is no text')).toBe('"&quot;" is no text');
    expect(message('&amp;lt; is shown')).toBe('&lt; is shown');
  });
});

describe('B41: broken and hostile reports', () => {
  test('are read as far as they go, and what is wrong is told', () => {
    const cut = read('<testsuites><testsuite name="a" tests="5"><testcase name="one"/><testcase name="two"><failure message="x">tra');
    expect(cut.tests.map(({ name, state }) => [name, state])).toEqual([['one', 'passed'], ['two', 'failed']]);
    expect(cut.problems[0]).toMatch(/no whole XML/);
    expect(read('not XML at all').problems).toHaveLength(1);
    expect(read('')).toMatchObject({ tests: [] });
    expect(read('<testsuite tests="3"></testsuite>').problems[0]).toMatch(/says that there are 3 tests/);
  });

  test('expand no entity and fetch nothing', () => {
    const bomb = `<!DOCTYPE l [<!ENTITY a "${'x'.repeat(1000)}">${Array.from({ length: 9 }, (_, index) => `<!ENTITY a${index} "${'&a;'.repeat(10)}">`).join('')}<!ENTITY e SYSTEM "file:///etc/passwd">]><testsuite><testcase name="&a8;&e;"/></testsuite>`;
    const { tests, problems } = read(bomb);
    expect(tests).toHaveLength(1);
    expect(tests[0]?.name.length).toBeLessThan(100);
    expect(problems).toHaveLength(1);
  });

  test('of any depth and number end in time', () => {
    const began = performance.now();
    expect(read('<testsuite>'.repeat(100_000)).problems.join()).toMatch(/256 deep/);
    expect(read(`<testsuite>${'<testcase name="a"/>'.repeat(210_000)}</testsuite>`).tests).toHaveLength(200_000);
    expect(performance.now() - began).toBeLessThan(15_000);
  });

  test('with what XML forbids, odd numbers and other encodings are read', () => {
    const { tests, problems } = read('<testsuite><testcase name="a\u0000\u001b[31mb&#0;&#x1b;" time="NaN"/><testcase name="c" time="-1"/><testcase/></testsuite>');
    expect(problems).toEqual([]);
    expect(tests).toEqual([
      { suite: [], name: 'a[31mb', state: 'passed' },
      { suite: [], name: 'c', state: 'passed' },
      { suite: [], name: '(without a name)', state: 'passed' },
    ]);
    const latin = Buffer.from('<?xml version="1.0" encoding="ISO-8859-1"?><testsuite><testcase name="gr\xfcn"/></testsuite>', 'latin1');
    const wide = Buffer.from('\ufeff<?xml version="1.0" encoding="UTF-16"?><testsuite><testcase name="grün"/></testsuite>', 'utf16le');
    expect([latin, wide].map((bytes) => readJUnit(bytes).tests[0]?.name)).toEqual(['grün', 'grün']);
  });
});

test('a test ended when its suite began and those before it took, where the report says that', () => {
  const ends = (timestamp: string, cases: string) => read(`<testsuites><testsuite timestamp="${timestamp}">${cases}</testsuite></testsuites>`).tests.map(({ ended }) => ended);
  const cases = '<testcase name="a" time="1.5"/><testcase name="b"><skipped/></testcase><testcase name="c" time="2"/>';
  const expected = ['2026-11-21T10:00:01.500Z', '2026-11-21T10:00:01.500Z', '2026-11-21T10:00:03.500Z'];
  for (const timestamp of ['2026-11-21T10:00:00', '2026-11-21T12:00:00.000000+0200', '2026-11-21 05:00:00-05:00']) expect(ends(timestamp, cases)).toEqual(expected);
  expect(ends('2026-11-21T10:00:00Z', '<testcase name="a"/><testcase name="b" time="1"/><testcase name="c" time="2" timestamp="2026-11-21T10:00:07Z"/>')).toEqual([undefined, undefined, '2026-11-21T10:00:09.000Z']);
  for (const timestamp of ['x', '', '2026-13-45T10:00:00Z']) expect(ends(timestamp, cases)).toEqual([undefined, undefined, undefined]);
  expect(ends('2026-11-21T10:00:00Z', '<testcase name="a" time="1e300"/>')).toEqual([undefined]);
});

test('what is written is read back, and a stage that failed by itself is a failure in it', () => {
  const result = { name: 'unit', state: 'failed' as const, seconds: 2, tests: 2, failures: 1, skipped: 0, cached: false, why: 'it did not end within 1s' };
  const text = writeJUnit([
    { result, tests: [{ suite: ['a "b"'], name: '<n>', state: 'failed', message: 'x & y\nz', detail: '\u0001trace' }, { suite: [], name: 'ok', state: 'passed', seconds: 1 }] },
    { result: { ...result, name: 'other' }, tests: [] },
  ]);
  const back = read(text);
  expect(back.problems).toEqual([]);
  expect(back.tests.map(({ name, state }) => [name, state])).toEqual([['<n>', 'failed'], ['ok', 'passed'], ['stage other', 'failed']]);
  expect(back.tests[0]).toMatchObject({ message: 'x & y\nz', detail: 'trace', suite: ['unit', 'a "b"'] });
});

test('a report that is too long is read as far as it may be, and says so', () => {
  const start = '<testsuite><testcase name="one"/><testcase name="two"/>';
  const { tests, problems } = readJUnit(Buffer.alloc(65 * 1024 * 1024, start, 'latin1').fill(' ', start.length));
  expect(tests.map(({ name }) => name)).toEqual(['one', 'two']);
  expect(problems[0]).toBe('it has 68157440 bytes, of which 67108864 are read');
});
