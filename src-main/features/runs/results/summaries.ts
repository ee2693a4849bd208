import type { TestCounts } from '#contract/runs.ts';

/** How often each word that a test runner ends with was counted. */
const number = (text: string | undefined) => Number((text ?? '0').replaceAll(',', ''));
const after = (line: string, word: string) => number(new RegExp(`${word}\\s*[:=]\\s*(\\d+)`, 'i').exec(line)?.[1]);
const before = (line: string, word: string) => number(new RegExp(`(\\d+) ${word}`, 'i').exec(line)?.[1]);

const counts = (tests: number, failures: number, skipped: number): TestCounts => ({ tests, failures, skipped });
const fromWords = (line: string, failed = 'failed', passed = 'passed', skipped = '(?:skipped|pending|todo|ignored|deselected)') => {
  const [bad, good, left] = [before(line, failed) + before(line, 'errors?'), before(line, passed), before(line, skipped)];
  return counts(bad + good + left, bad, left);
};

type Recognizer = { readonly line: RegExp; readonly read: (line: string) => TestCounts };

/** The last lines of the usual test runners. A runner that tells its counts on several lines has several. */
const RECOGNIZERS: readonly Recognizer[] = [
  // jest, vitest
  { line: /^\s*Tests:?\s+.*\d+ (passed|failed|skipped|todo)\b/, read: (line) => fromWords(line) },
  // pytest
  { line: /^(=+ )?(\d+ \w+, )*\d+ (passed|failed|skipped|error|errors|xfailed|xpassed|deselected|warnings?)(, \d+ \w+)* in [\d.]+/, read: (line) => fromWords(line.replaceAll(/\d+ (warnings?|deselected)/g, '')) },
  // mocha
  { line: /^\s+\d+ passing( \(|$)/, read: (line) => counts(before(line, 'passing'), 0, 0) },
  { line: /^\s+\d+ failing$/, read: (line) => counts(before(line, 'failing'), before(line, 'failing'), 0) },
  { line: /^\s+\d+ pending$/, read: (line) => counts(before(line, 'pending'), 0, before(line, 'pending')) },
  // playwright
  { line: /^\s+\d+ passed \([\d.]+m?s\)$/, read: (line) => counts(before(line, 'passed'), 0, 0) },
  { line: /^\s+\d+ (failed|skipped|flaky|did not run)$/, read: (line) => counts(before(line, '\\w'), before(line, 'failed'), before(line, 'skipped') + before(line, 'did not run')) },
  // unittest
  { line: /^Ran \d+ tests? in /, read: (line) => counts(before(line, 'tests?'), 0, 0) },
  { line: /^(OK|FAILED) \((failures|errors|skipped|expected failures)=/, read: (line) => counts(0, after(line, 'failures') + after(line, 'errors'), after(line, 'skipped')) },
  // cargo
  { line: /^test result: \w+\. /, read: (line) => fromWords(line) },
  // PHPUnit
  { line: /^OK \(\d+ tests?, /, read: (line) => counts(before(line, 'tests?'), 0, 0) },
  { line: /^Tests: \d+, Assertions: \d+/, read: (line) => counts(after(line, 'Tests'), after(line, 'Failures') + after(line, 'Errors'), after(line, 'Skipped') + after(line, 'Incomplete')) },
  // RSpec, minitest, bats
  { line: /^\d+ examples?, \d+ failures?/, read: (line) => counts(before(line, 'examples?'), before(line, 'failures?'), before(line, 'pending')) },
  { line: /^\d+ (runs|tests), \d+ (assertions|failures)/, read: (line) => counts(before(line, '(?:runs|tests)'), before(line, 'failures') + before(line, 'errors'), before(line, '(?:skips|skipped)')) },
  // Surefire
  { line: /^(\[\w+\] )?Tests run: \d+, Failures: \d+, Errors: \d+, Skipped: \d+$/, read: (line) => counts(after(line, 'Tests run'), after(line, 'Failures') + after(line, 'Errors'), after(line, 'Skipped')) },
  // CTest
  { line: /^\d+% tests passed, \d+ tests failed out of \d+/, read: (line) => counts(number(/out of (\d+)/.exec(line)?.[1]), before(line, 'tests failed'), 0) },
  // dotnet
  { line: /^(Passed|Failed)!\s+- Failed:/, read: (line) => counts(after(line, 'Total'), after(line, 'Failed'), after(line, 'Skipped')) },
  // go: without -v it tells packages only
  { line: /^ok\s+\S+\s+([\d.]+s|\(cached\))(?!.*no tests to run)/, read: () => counts(1, 0, 0) },
  { line: /^FAIL\s+\S+\s+([\d.]+s|\[\w+ failed\])/, read: () => counts(1, 1, 0) },
];

/** What a line says of tests, if it is one that runners end with. Pure. */
export function summaryIn(line: string): TestCounts | undefined {
  return RECOGNIZERS.find((one) => one.line.test(line))?.read(line);
}
