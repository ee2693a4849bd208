import { spawn } from 'node:child_process';
import { mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { LeftVolumes } from './support/left-volumes.ts';

/**
 * Runs everything that has to hold, one runner after another, and closes with one line that counts over all of them. Tests share two cores with real
 * engines, databases and browsers, so one that fails is tried once more; those that needed it are named at the close, with what failed first.
 */

type Counts = { readonly passed: number; readonly failed: number; readonly skipped: number; /** What is to be said of single tests beside the counts. */ readonly notes: readonly string[] };
type Runner = { readonly name: string; readonly command: readonly string[]; readonly count: (exitCode: number) => Promise<Counts> };

const nothing: Counts = { passed: 0, failed: 0, skipped: 0, notes: [] };
const root = join(import.meta.dirname, '..');
const reports = join(root, 'test-results');
const bin = (name: string) => join(root, 'node_modules/.bin', name);

const runners: readonly Runner[] = [
  { name: 'set-up', command: ['node', 'out/cli/setup.js', '--for', 'tests', '--yes'], count: asOne },
  { name: 'lint', command: [bin('eslint'), '.', '--max-warnings', '0'], count: asOne },
  { name: 'types', command: [bin('tsc'), '--noEmit'], count: asOne },
  { name: 'dead code', command: [bin('knip')], count: asOne },
  {
    name: 'unit and integration',
    command: [bin('vitest'), 'run', '--retry=1', '--reporter=default', '--reporter=./test/counts-reporter.ts'],
    count: async () => (await readReport<Counts>(join(reports, 'vitest.json'))) ?? nothing,
  },
  {
    name: 'end to end',
    command: [bin('playwright'), 'test', '--config', 'test/e2e/playwright.config.ts', '--retries', '1'],
    count: () => countPlaywright(join(reports, 'playwright.json')),
  },
];

await rm(reports, { recursive: true, force: true });
await mkdir(reports, { recursive: true });
const total = { passed: 0, failed: 0, skipped: 0 };
const notes: string[] = [];
const only = process.argv.slice(2);
let volumes: LeftVolumes | undefined;
for (const runner of runners.filter(({ name }) => only.length === 0 || only.includes(name))) {
  console.log(`\n── ${runner.name} ──`);
  const began = Date.now();
  const exitCode = await run(runner.command);
  const counts = await runner.count(exitCode);
  // A runner that fails without a failed test (it could not start, say) has failed as a whole.
  const failed = counts.failed === 0 && exitCode !== 0 ? 1 : counts.failed;
  total.passed += counts.passed;
  total.failed += failed;
  total.skipped += counts.skipped;
  notes.push(...counts.notes);
  console.log(`── ${runner.name}: ${counts.passed} passed, ${failed} failed, ${counts.skipped} skipped in ${((Date.now() - began) / 1000).toFixed(1)} s`);
  if (runner.name === 'set-up' && failed > 0) break;
  volumes ??= new LeftVolumes();
}
await volumes?.remove();
for (const note of notes) console.log(note);
console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
process.exitCode = total.failed > 0 ? 1 : 0;

function run([file = '', ...args]: readonly string[]): Promise<number> {
  return new Promise((resolve) => {
    const child = spawn(file, args, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] });
    const stop = () => child.kill('SIGTERM');
    process.once('SIGINT', stop).once('SIGTERM', stop);
    child.on('error', (error) => {
      console.error(error.message);
      resolve(127);
    });
    child.on('close', (code) => {
      process.off('SIGINT', stop).off('SIGTERM', stop);
      resolve(code ?? 1);
    });
  });
}

async function asOne(exitCode: number): Promise<Counts> {
  return { passed: exitCode === 0 ? 1 : 0, failed: exitCode === 0 ? 0 : 1, skipped: 0, notes: [] };
}

type PlaywrightSuite = {
  readonly suites?: readonly PlaywrightSuite[];
  readonly specs?: readonly { readonly title: string; readonly tests: readonly { readonly status: string; readonly results: readonly { readonly error?: { readonly message?: string } }[]; readonly annotations: readonly { readonly type: string; readonly description?: string }[] }[] }[];
};

async function countPlaywright(file: string): Promise<Counts> {
  const report = await readReport<{ readonly suites: readonly PlaywrightSuite[]; readonly stats: { readonly expected: number; readonly unexpected: number; readonly skipped: number; readonly flaky: number } }>(file);
  if (!report) return nothing;
  const notes: string[] = [];
  const visit = (suite: PlaywrightSuite): void => {
    for (const { title, tests } of suite.specs ?? []) {
      for (const { status, results, annotations } of tests) {
        const why = stripVTControlCharacters(results.find(({ error }) => error)?.error?.message ?? 'no error was told').split('\n', 1)[0];
        if (status === 'skipped') notes.push(`skipped: ${title}: ${annotations.find(({ type }) => type === 'skip')?.description ?? 'not run, as one before it failed'}`);
        if (status === 'flaky') notes.push(`passed at the second try: ${title}: ${why}`);
        if (status === 'unexpected') notes.push(`failed: ${title}: ${why}`);
      }
    }
    suite.suites?.forEach(visit);
  };
  report.suites.forEach(visit);
  const { expected, unexpected, skipped, flaky } = report.stats;
  return { passed: expected + flaky, failed: unexpected, skipped, notes };
}

async function readReport<Report>(file: string): Promise<Report | undefined> {
  return readFile(file, 'utf8').then((text) => JSON.parse(text) as Report, () => undefined);
}
