import type { StageResult, TestResult } from '#contract/runs.ts';

/** The tests of all stages as one JUnit report, as CI servers read it: a suite for each stage. A stage that failed by itself is a test case of its own. */
export function writeJUnit(stages: readonly { readonly result: StageResult; readonly tests: readonly TestResult[] }[]): string {
  const suites = stages.map(({ result, tests }) => suiteOf(result, tests.length > 0 || result.state === 'passed' ? tests : [ownCase(result)], tests));
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites>\n${suites.join('')}</testsuites>\n`;
}

function suiteOf(result: StageResult, cases: readonly TestResult[], reported: readonly TestResult[]): string {
  // Tests that all passed do not say why the stage failed.
  const all = result.state === 'failed' && reported.length > 0 && !reported.some(({ state }) => state === 'failed' || state === 'broken') ? [...cases, ownCase(result)] : cases;
  const count = (...states: readonly TestResult['state'][]) => all.filter(({ state }) => states.includes(state)).length;
  const attributes = { name: result.name, tests: all.length, failures: count('failed'), errors: count('broken'), skipped: count('skipped'), time: result.seconds, ...(result.started !== undefined && { timestamp: result.started }) };
  return `  <testsuite${words(attributes)}>\n${all.map(caseOf).join('')}  </testsuite>\n`;
}

function ownCase({ name, state, seconds, why, output }: StageResult): TestResult {
  return { suite: [], name: `stage ${name}`, state: state === 'failed' ? 'failed' : 'skipped', seconds, ...(why !== undefined && { message: why }), ...(output && { detail: output.join('\n') }) };
}

function caseOf({ suite, name, seconds, state, message, detail, file, line }: TestResult): string {
  const attributes = { classname: suite.join('.'), name, ...(seconds !== undefined && { time: seconds }), ...(file !== undefined && { file }), ...(line !== undefined && { line }) };
  const open = `    <testcase${words(attributes)}`;
  const said = message === undefined ? {} : { message };
  switch (state) {
    case 'passed':
      return `${open}/>\n`;
    case 'skipped':
      return `${open}><skipped${words(said)}/></testcase>\n`;
    case 'failed':
      return `${open}><failure${words(said)}>${escape(detail ?? '')}</failure></testcase>\n`;
    case 'broken':
      return `${open}><error${words(said)}>${escape(detail ?? '')}</error></testcase>\n`;
    default:
      return state satisfies never;
  }
}

function words(attributes: Readonly<Record<string, string | number>>): string {
  return Object.entries(attributes).map(([name, value]) => ` ${name}="${escape(String(value)).replaceAll('\n', '&#10;')}"`).join('');
}

function escape(text: string): string {
   
  return text.replaceAll(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '').replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
