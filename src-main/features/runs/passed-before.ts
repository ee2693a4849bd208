import type { StageInputs } from '#contract/runs.ts';
import type { RunStore } from '#ports/run-store.ts';
import type { StageOrder } from './stage-order.ts';

/** The outcome that a stage has without being run: that of an earlier run with the same inputs, none of which failed since. None with services that other stages write into: no input tells what these did. */
export async function passedBefore({ planned, fresh, mounted, share }: Pick<StageOrder, 'planned' | 'fresh' | 'mounted' | 'share'>, inputs: StageInputs | undefined, runs: RunStore): ReturnType<RunStore['passedWith']> {
  if (planned.file.cache !== true || fresh || share || !inputs || (mounted && 'why' in mounted)) return undefined;
  const [latest] = await runs.outcomesOf(inputs.hash);
  return latest?.state === 'failed' ? undefined : runs.passedWith(inputs.hash);
}
