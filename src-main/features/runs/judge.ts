import type { TestCounts } from '#contract/runs.ts';
import type { StageFile } from '#features/project/schema/stage-schema.ts';
import { exitInWords } from '#features/stack/explain.ts';
import type { ContainerDetails } from '#ports/container-engine.ts';

export type Verdict = { readonly state: 'passed' | 'failed'; readonly why?: string };

/** Whether a stage passed: its exit code decides, and that it found tests. Pure. */
export function judge(file: StageFile, ended: Pick<ContainerDetails, 'exitCode' | 'outOfMemory' | 'error'> | undefined, { tests, failures }: TestCounts): Verdict {
  if (!ended) return { state: 'failed', why: 'its container was removed from outside' };
  if (ended.exitCode !== 0 || ended.error !== '') return { state: 'failed', why: failures > 0 && !ended.outOfMemory ? `${failures} of ${tests} tests failed` : exitInWords(ended) };
  if (tests === 0 && file.allowEmpty !== true) {
    return { state: 'failed', why: `no tests were found${file.junit === undefined ? ' in what it printed: say with junit: where it writes its report, or allowEmpty: true where it has none' : ''}` };
  }
  return { state: 'passed' };
}
