import type { PlannedStage } from './plan-run.ts';

export type NeedsRunner<Stage> = {
  /** Stages at a time. */
  readonly limit: number;
  readonly signal: AbortSignal;
  /** Answers whether it passed. */
  readonly run: (stage: Stage) => Promise<boolean>;
  /** Told of a stage that is not run, and of what it needs in vain. */
  readonly onSkip: (stage: Stage, need: string) => Promise<void>;
};

/** Runs each stage as soon as what it needs has passed, as many at once as are allowed. Stages come after what they need. */
export async function runByNeeds<Stage extends Pick<PlannedStage, 'name' | 'needs'>>(stages: readonly Stage[], { limit, signal, run, onSkip }: NeedsRunner<Stage>): Promise<void> {
  const outcomes = new Map<string, Promise<boolean>>();
  const turn = turns(limit);
  for (const stage of stages) {
    const needed = stage.needs.map(async (need) => ({ need, passed: (await outcomes.get(need)) ?? true }));
    const outcome = (async () => {
      const missing = (await Promise.all(needed)).find(({ passed }) => !passed);
      if (missing || signal.aborted) {
        await onSkip(stage, missing?.need ?? '');
        return false;
      }
      return turn(() => run(stage));
    })();
    outcome.catch(() => {});
    outcomes.set(stage.name, outcome);
  }
  const settled = await Promise.allSettled(outcomes.values());
  const rejected = settled.find((one) => one.status === 'rejected');
  if (rejected) throw rejected.reason;
}

/** Lets so many through at a time, in the order in which they came. */
function turns(limit: number): <Result>(work: () => Promise<Result>) => Promise<Result> {
  let free = limit;
  const waiting: (() => void)[] = [];
  return async (work) => {
    if (free === 0) await new Promise<void>((resolve) => waiting.push(resolve));
    else free--;
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else free++;
    }
  };
}
