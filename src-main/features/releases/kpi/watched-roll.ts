import type { BacklotError } from '#contract/errors.ts';
import type { KpiOutcome } from '#contract/releases.ts';
import type { Watch } from './watch.ts';

/** Does a roll while the checks are read; one that fails ends the roll at once, and is told to `onFailed`. */
export async function watchedRoll<Result>(watch: Watch, signal: AbortSignal, roll: (signal: AbortSignal) => Promise<Result>, onFailed: (kpi: KpiOutcome[]) => BacklotError): Promise<Result> {
  const breach = new AbortController();
  const over = new AbortController();
  let failure: BacklotError | undefined;
  const watching = watch.during(AbortSignal.any([signal, over.signal])).then((kpi) => {
    if (!kpi) return;
    failure = onFailed(kpi);
    breach.abort();
  });
  try {
    return await roll(AbortSignal.any([signal, breach.signal]));
  } catch (error) {
    throw failure ?? error;
  } finally {
    over.abort();
    await watching;
  }
}
