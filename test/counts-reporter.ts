import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Reporter, TestModule } from 'vitest/node';

/** Writes what the closing line of a whole test run needs: the counts, and each skipped test with its reason. */
export default class CountsReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const results = modules.flatMap((module) => [...module.children.allTests()].map((test) => ({ name: test.fullName, result: test.result() })));
    const notRun = results.filter(({ result }) => result.state === 'skipped' || result.state === 'pending');
    const counted = (state: string) => results.filter(({ result }) => result.state === state).length;
    const brokenFiles = modules.filter((module) => module.state() === 'failed' && [...module.children.allTests()].every((test) => test.result().state !== 'failed'));
    const counts = {
      passed: counted('passed'),
      failed: counted('failed') + brokenFiles.length,
      skipped: notRun.length,
      skips: notRun.map(({ name, result }) => (result.state === 'skipped' && result.note ? `${name}: ${result.note}` : name)),
    };
    writeFileSync(join(import.meta.dirname, '../test-results/vitest.json'), JSON.stringify(counts));
  }
}
