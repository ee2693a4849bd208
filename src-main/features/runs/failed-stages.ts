import { BacklotError } from '#contract/errors.ts';
import type { RunStore } from '#ports/run-store.ts';

/** The stages that did not pass in the latest run that ended, of those that are asked for; what they need comes along as always. */
export async function failedStages(directory: string, asked: readonly string[], runs: RunStore): Promise<string[]> {
  const latest = (await runs.list(directory, 20)).find(({ state }) => state !== 'running' && state !== 'held');
  const passed = latest?.stages.filter(({ state }) => state === 'passed').map(({ name }) => name) ?? [];
  // Of a run that did not come to its stages, none passed.
  const planned = latest?.planned ?? latest?.stages.map(({ name }) => name) ?? [];
  const failed = planned.filter((name) => !passed.includes(name) && (asked.length === 0 || asked.includes(name)));
  if (failed.length > 0) return failed;
  throw new BacklotError('usage', latest ? `Nothing failed in the latest run, ${latest.run}` : 'There is no run yet of which anything failed', { fix: 'backlot run runs the stages.' });
}
