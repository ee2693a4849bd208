import type { Release } from '#contract/releases.ts';
import type { RunSummary } from '#contract/runs.ts';
import type { PromotedImage } from './target-records.ts';

export type RecentRuns = (directory: string, limit: number) => Promise<readonly Pick<RunSummary, 'revision' | 'dirty' | 'started'>[]>;

/** What a target's record says. */
export type TargetRecord = { readonly target: string; readonly promotions: readonly PromotedImage[]; readonly releases: readonly Release[] };

export type HeardOf = { readonly revision: string; readonly time: string };

type Known = {
  readonly checkedOut: HeardOf | undefined;
  readonly runs: Awaited<ReturnType<RecentRuns>>;
  readonly records: readonly TargetRecord[];
};

/** Revisions that anything is known of, those that were heard of last first: what is checked out stands before all others. Pure. */
export function orderRevisions({ checkedOut, runs, records }: Known, limit: number): readonly HeardOf[] {
  const heard = new Map<string, string>();
  const hear = (revision: string, time: string) => {
    const before = heard.get(revision);
    if (before === undefined || Date.parse(before) < Date.parse(time)) heard.set(revision, time);
  };
  for (const { revision, dirty, started } of runs) if (revision !== undefined && dirty !== true && !revision.includes('-dirty-')) hear(revision, started);
  for (const { promotions, releases } of records) {
    for (const { revision, time } of promotions) hear(revision, time);
    for (const { revision, started, ended } of releases) hear(revision, ended ?? started);
  }
  const first = checkedOut && { revision: checkedOut.revision, time: heard.get(checkedOut.revision) ?? checkedOut.time };
  const others = [...heard].map(([revision, time]) => ({ revision, time })).filter(({ revision }) => revision !== first?.revision);
  return [...(first ? [first] : []), ...others.sort((one, other) => Date.parse(other.time) - Date.parse(one.time))].slice(0, limit);
}
