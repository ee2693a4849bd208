import { BacklotError } from '#contract/errors.ts';
import type { RunStore } from '#ports/run-store.ts';

/** The stages that did not pass in the latest run that ended, of those that are asked for; what they need comes along as always. */
export async function failedStages(directory: string, asked: readonly string[], runs: RunStore): Promise<string[]> {
  const latest = (await runs.list(directory, 20)).find(({ state }) => state !== 'running' && state !== 'held');
  const failed = (latest?.stages ?? []).filter(({ state, name }) => state !== 'passed' && (asked.length === 0 || asked.includes(name))).map(({ name }) => name);
  if (failed.length > 0) return failed;
  throw new BacklotError('usage', latest ? `Nothing failed in the latest run, ${latest.run}` : 'There is no run yet of which anything failed', { fix: 'backlot run runs the stages.' });
}
