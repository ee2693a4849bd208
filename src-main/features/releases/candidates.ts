import type { Candidate, Release } from '#contract/releases.ts';
import type { Aim } from './look.ts';
import { currentOf } from './list-targets.ts';

/** Releases that a target can go back to, newest first, one of each digest. The default is the last good one before what serves. */
export async function findCandidates({ repository }: Pick<Aim, 'repository'>, releases: readonly Release[], signal: AbortSignal): Promise<Candidate[]> {
  const earlier = earlierThan(releases);
  const available = await Promise.all(earlier.map(async ({ digest }) => (await repository.findManifest(digest, signal)) !== undefined));
  const best = earlier.findIndex(({ state, accepted, faulty }, index) => (state === 'pass' || accepted !== undefined) && !faulty && available[index]);
  return earlier.map((release, index) => ({
    release: release.release,
    revision: release.revision,
    digest: release.digest,
    released: release.ended ?? release.started,
    who: release.who,
    verdict: release.state,
    faulty: release.faulty === true,
    available: available[index] === true,
    dataBetween: dataSince(releases, release),
    isDefault: index === best,
  }));
}

/** What served before, without what serves now. Pure. */
function earlierThan(releases: readonly Release[]): Release[] {
  const current = currentOf(releases);
  // After a release that broke off, nobody knows what serves: what did before is gone back to first.
  const isUnsure = releases[0] !== undefined && releases[0].serves === undefined && !['pass', 'inconclusive'].includes(releases[0].state);
  const seen = new Set<string>(current && !isUnsure ? [current.digest] : []);
  return releases.filter((release) => {
    if (seen.has(release.digest) || !['pass', 'inconclusive'].includes(release.state)) return false;
    seen.add(release.digest);
    return true;
  });
}

/** Also by releases that failed: going back from one of them brought the program back, not the data. */
const dataSince = (releases: readonly Release[], { release }: Release) => laterThan(releases, release).filter(({ content }) => content === 'data').map(({ revision }) => revision);

/** By their order in the record: the clocks of machines differ. */
export const laterThan = (releases: readonly Release[], id: string): readonly Release[] => releases.slice(0, Math.max(0, releases.findIndex(({ release }) => release === id)));
