import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Reporter, TestModule } from 'vitest/node';

/** Writes what the close of a whole test run needs: the counts, and a line for each test that was skipped, failed or passed only when it was tried again. */
export default class CountsReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const results = modules.flatMap((module) => [...module.children.allTests()].map((test) => ({ name: test.fullName, result: test.result(), isUnsteady: test.diagnostic()?.flaky === true })));
    const notRun = results.filter(({ result }) => result.state === 'skipped' || result.state === 'pending');
    const counted = (state: string) => results.filter(({ result }) => result.state === state).length;
    const brokenFiles = modules.filter((module) => module.state() === 'failed' && [...module.children.allTests()].every((test) => test.result().state !== 'failed'));
    const counts = {
      passed: counted('passed'),
      failed: counted('failed') + brokenFiles.length,
      skipped: notRun.length,
      notes: [
        ...notRun.map(({ name, result }) => `skipped: ${name}${result.state === 'skipped' && result.note ? `: ${result.note}` : ''}`),
        ...results.filter(({ isUnsteady }) => isUnsteady).map(({ name, result }) => `passed at the second try: ${name}: ${firstLine(result.errors)}`),
        ...results.filter(({ result }) => result.state === 'failed').map(({ name, result }) => `failed: ${name}: ${firstLine(result.errors)}`),
        ...brokenFiles.map((module) => `failed: ${module.relativeModuleId}: ${firstLine(module.errors())}`),
      ],
    };
    writeFileSync(join(import.meta.dirname, '../test-results/vitest.json'), JSON.stringify(counts));
  }
}

const firstLine = (errors: readonly { readonly message: string }[] | undefined) => errors?.[0]?.message.split('\n', 1)[0] ?? 'no error was told';
