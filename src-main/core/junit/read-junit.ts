import { SaxesParser, type SaxesTagPlain } from 'saxes';
import type { TestResult } from '#contract/runs.ts';
import { decodeXml } from './decode-xml.ts';
import { escapedOnce } from './escaped-once.ts';
import { parseTimestamp, SuiteClock, timeOf } from './suite-clock.ts';

export type JUnitReport = { readonly tests: readonly TestResult[]; /** What is not as it should be; what could be read is there all the same. */ readonly problems: readonly string[] };

/** Bytes of a report; longer ones are read up to here. */
const LONGEST = 64 * 1024 * 1024;
const DEEPEST = 256;
const MOST_TESTS = 200_000;
const MOST_ERRORS = 100;
const LONGEST_MESSAGE = 1_000;
const LONGEST_DETAIL = 16_000;
const PIECE = 1 << 16;

/** Tests of a JUnit report in any dialect, counted by its test cases: totals that it gives beside them are often wrong. Entities are not expanded, nothing is fetched. */
export function readJUnit(bytes: Uint8Array): JUnitReport {
  const reader = new JUnitReader();
  const text = decodeXml(bytes.subarray(0, LONGEST));
  for (let at = 0; at < text.length && !reader.isOver; at += PIECE) reader.push(text.slice(at, at + PIECE));
  const report = reader.end();
  return bytes.length > LONGEST ? { ...report, problems: [`it has ${bytes.length} bytes, of which ${LONGEST} are read`, ...report.problems] } : report;
}

type Case = { suite: string[]; name: string; began: number | undefined; seconds: number | undefined; file: string | undefined; line: number | undefined; state: TestResult['state']; message: string | undefined; detail: string };

const OUTCOMES: Readonly<Record<string, TestResult['state']>> = { failure: 'failed', error: 'broken', skipped: 'skipped', disabled: 'skipped' };

class JUnitReader {
  private readonly parser = new SaxesParser();
  private readonly tests: TestResult[] = [];
  private readonly problems: string[] = [];
  private readonly suites: { readonly name: string; readonly file: string | undefined; readonly clock: SuiteClock | undefined }[] = [];
  private declared = 0;
  private depth = 0;
  private errors = 0;
  private current: Case | undefined;
  private inOutcome: string | undefined;
  isOver = false;

  constructor() {
    this.parser.on('error', (error) => this.note(error.message));
    this.parser.on('opentag', (tag) => this.open(tag));
    this.parser.on('closetag', ({ name }) => this.close(name));
    this.parser.on('text', (text) => this.text(text));
    this.parser.on('cdata', (text) => this.text(text));
  }

  push(text: string): void {
    this.parser.write(text);
  }

  end(): JUnitReport {
    if (!this.isOver) this.parser.close();
    if (this.current) this.finish(this.current);
    if (this.tests.length === 0 && this.declared > 0) this.problems.push(`it says that there are ${this.declared} tests, and has none`);
    return { tests: this.tests, problems: this.problems };
  }

  private note(message: string): void {
    if (this.errors++ === 0) this.problems.push(`it is no whole XML: ${message.slice(0, 200)}`);
    if (this.errors > MOST_ERRORS) this.isOver = true;
  }

  private open({ name, attributes, isSelfClosing: _ }: SaxesTagPlain): void {
    if (this.isOver) return;
    if (++this.depth > DEEPEST) return this.stop(`it is nested more than ${DEEPEST} deep`);
    const tag = localName(name);
    if (tag === 'testsuite') {
      const began = parseTimestamp(attributes['timestamp']);
      this.suites.push({ name: escapedOnce(attributes['name'] ?? ''), file: attributes['file'] ?? attributes['filepath'], clock: began === undefined ? undefined : new SuiteClock(began) });
      this.declared += Number(attributes['tests'] ?? 0) || 0;
    }
    if (tag === 'testcase') this.current = this.caseOf(attributes);
    const outcome = OUTCOMES[tag];
    if (this.current && outcome) this.outcome(this.current, tag, outcome, attributes);
  }

  private close(name: string): void {
    this.depth--;
    const tag = localName(name);
    if (tag === this.inOutcome) this.inOutcome = undefined;
    if (tag === 'testsuite') this.suites.pop();
    if (tag === 'testcase' && this.current) {
      this.finish(this.current);
      this.current = undefined;
    }
  }

  private text(text: string): void {
    if (this.current && this.inOutcome && this.current.detail.length < LONGEST_DETAIL) this.current.detail += text;
  }

  private caseOf(attributes: Readonly<Record<string, string>>): Case {
    const suite = this.suites.map(({ name }) => name).filter((name) => name !== '');
    const { classname = '' } = attributes;
    const seconds = Number((attributes['time'] ?? attributes['duration'] ?? '').replaceAll(',', '') || Number.NaN);
    const line = Number(attributes['line'] ?? Number.NaN);
    return {
      suite: classname === '' || suite.includes(classname) ? suite : [...suite, classname],
      name: escapedOnce(attributes['name'] ?? '(without a name)'),
      began: parseTimestamp(attributes['timestamp']),
      seconds: Number.isFinite(seconds) && seconds >= 0 ? seconds : undefined,
      file: attributes['file'] ?? this.suites.findLast(({ file }) => file !== undefined)?.file,
      line: Number.isInteger(line) && line > 0 ? line : undefined,
      state: stateOf(attributes),
      message: undefined,
      detail: '',
    };
  }

  /** A failure says more than that it was also skipped. */
  private outcome(one: Case, tag: string, outcome: TestResult['state'], attributes: Readonly<Record<string, string>>): void {
    this.inOutcome = tag;
    const worse = one.state === 'failed' || one.state === 'broken';
    if (!worse || outcome !== 'skipped') one.state = outcome;
    one.message ??= attributes['message'] === undefined ? attributes['type'] : escapedOnce(attributes['message']);
  }

  private finish({ suite, name, began, seconds, file, line, state, message, detail }: Case): void {
    const text = detail.trim();
    const said = message !== undefined && message !== '' ? message : text.split('\n')[0];
    const next = this.suites.findLast(({ clock }) => clock !== undefined)?.clock?.next(seconds, state);
    const ended = began === undefined ? next : timeOf(began + (seconds ?? 0) * 1000);
    this.tests.push({
      suite,
      name: name.slice(0, LONGEST_MESSAGE),
      state,
      ...(seconds !== undefined && { seconds }),
      ...(state !== 'passed' && said && { message: said.slice(0, LONGEST_MESSAGE) }),
      ...(state !== 'passed' && text !== '' && { detail: text.slice(0, LONGEST_DETAIL) }),
      ...(file !== undefined && file !== '' && { file }),
      ...(line !== undefined && { line }),
      ...(ended !== undefined && { ended }),
    });
    if (this.tests.length >= MOST_TESTS) this.stop(`it has more than ${MOST_TESTS} tests`);
  }

  private stop(why: string): void {
    this.problems.push(`${why}: the rest of it is not read`);
    this.isOver = true;
  }
}

/** Some suites say it in an attribute only. */
function stateOf({ status = '', result = '' }: Readonly<Record<string, string>>): TestResult['state'] {
  const word = `${status} ${result}`.toLowerCase();
  if (/\b(fail|failed|failure)\b/.test(word)) return 'failed';
  if (/\berror\b/.test(word)) return 'broken';
  return /\b(notrun|disabled|skipped|skip|ignored|pending|suppressed)\b/.test(word) ? 'skipped' : 'passed';
}

function localName(name: string): string {
  return name.slice(name.indexOf(':') + 1).toLowerCase();
}
