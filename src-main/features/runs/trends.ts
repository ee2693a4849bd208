import type { RunSummary, StageTrend } from '#contract/runs.ts';

/** Runs that a trend is made of. */
const LONGEST = 20;

/** How long each stage took lately, oldest first, and how often it passed: only where it was really run. Pure. */
export function trendsOf(runs: readonly RunSummary[]): StageTrend[] {
  const stages = new Map<string, StageTrend['last']>();
  for (const { run, stages: results } of runs) {
    for (const { name, state, cached, seconds, tests } of results) {
      if (cached || (state !== 'passed' && state !== 'failed')) continue;
      const last = stages.get(name) ?? [];
      if (last.length < LONGEST) stages.set(name, [...last, { run, state, seconds, tests }]);
    }
  }
  return [...stages].map(([stage, last]) => ({ stage, median: median(last.map(({ seconds }) => seconds)), passed: last.filter(({ state }) => state === 'passed').length, last: last.toReversed() }));
}

function median(values: readonly number[]): number {
  return [...values].sort((one, other) => one - other)[values.length >> 1] ?? 0;
}
