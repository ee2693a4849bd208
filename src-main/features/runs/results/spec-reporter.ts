import type { TestResult } from '#contract/runs.ts';

const TEST = /^(\s*)([✔✖﹣⚠]) (.*?)(?: \((\d+(?:\.\d+)?)ms\))?(?: # (.*))?$/u;
const SUITE = /^(\s*)▶ (.*?)( \(\d+(?:\.\d+)?ms\))?$/u;

/** What node's own reporter prints for people, line by line. */
export class SpecReader {
  private readonly onTest: (test: TestResult) => void;
  private suites: { readonly indent: number; readonly name: string }[] = [];
  private isOver = false;

  constructor(onTest: (test: TestResult) => void) {
    this.onTest = onTest;
  }

  push(line: string): void {
    // What failed is printed once more at the end.
    if (/^✖ failing tests:$/u.test(line)) this.isOver = true;
    if (this.isOver) {
      if (/^▶ /u.test(line) && !/ms\)$/.test(line)) this.isOver = false;
      else return;
    }
    const [, space, name, ends] = SUITE.exec(line) ?? [];
    if (name !== undefined) {
      const indent = (space ?? '').length;
      this.suites = this.suites.filter((suite) => suite.indent < indent);
      if (ends === undefined) this.suites.push({ indent, name });
      return;
    }
    const match = TEST.exec(line);
    if (match) this.test(match);
  }

  private test([, space = '', symbol = '', name = '', took, directive]: RegExpExecArray): void {
    const parent = this.suites.find((suite) => suite.indent === space.length && suite.name === name);
    this.suites = this.suites.filter((suite) => suite.indent < space.length);
    if (parent || (took === undefined && symbol !== '﹣')) return;
    const state = directive?.startsWith('TODO') || symbol === '﹣' || symbol === '⚠' ? 'skipped' : symbol === '✔' ? 'passed' : 'failed';
    this.onTest({ suite: this.suites.map((suite) => suite.name), name, state, ...(took !== undefined && { seconds: Number(took) / 1000 }) });
  }
}
