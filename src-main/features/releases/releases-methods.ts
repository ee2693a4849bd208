import { BacklotError } from '#contract/errors.ts';
import type { Api } from '#contract/index.ts';
import type { Implementation } from '#core/dispatcher.ts';
import { findCandidates } from './candidates.ts';
import { deploy, rollback } from './deploy.ts';
import type { ReleasePorts } from './hold-target.ts';
import { listReleases, listTargets } from './list-targets.ts';
import { listRevisions } from './list-revisions.ts';
import { lookAt } from './look.ts';
import { checkPromotion, promote } from './promote.ts';
import { MOST_LOG } from './release-log.ts';
import { removeFromTarget } from './remove-from-target.ts';
import { showEvidence } from './show-evidence.ts';
import { lockTarget, unlockTarget } from './target-lock.ts';
import { readHistory, readReleases } from './target-records.ts';

/** The `releases` noun of the contract. */
export function createReleases(ports: ReleasePorts): Implementation<Pick<Api, 'releases'>>['releases'] {
  return {
    async check(input, signal) {
      const { aim, revision, subject, conditions } = await checkPromotion(input, ports, signal);
      return { schema: 1, target: aim.name, image: subject?.name ?? '', revision: revision.sha, conditions };
    },
    promote: (input, work) => promote(input, ports, work),
    evidence: (input, signal) => showEvidence(input, ports, signal),
    deploy: (input, work) => deploy(input, ports, work),
    rollback: (input, work) => rollback(input, ports, work),
    async candidates(place, signal) {
      const aim = await lookAt(place, ports);
      return { schema: 1, target: aim.name, candidates: await findCandidates(aim, await readReleases(aim, signal), signal) };
    },
    list: async (input, signal) => ({ schema: 1, releases: await listReleases(input, ports, signal) }),
    revisions: (input, signal) => listRevisions(input, ports, signal),
    async log({ release, ...place }, signal) {
      const at = await lookAt(place, ports);
      const { releases } = await readHistory(at, signal);
      const found = release === undefined ? releases.find(({ log }) => log !== undefined) : releases.find((one) => one.release === release || one.revision.startsWith(release));
      if (!found) throw new BacklotError('release-unknown', release === undefined ? `${at.name} had no release yet` : `${at.name} had no release ${release}`, { fix: 'See which there were: backlot releases' });
      const text = found.log ? (await at.repository.readBytes(found.log, MOST_LOG, signal)).toString() : '';
      return { schema: 1, release: found.release, lines: text.split('\n').slice(0, -1) };
    },
    targets: async ({ directory }, signal) => ({ schema: 1, targets: await listTargets(directory, ports, signal) }),
    async lock({ reason, seconds, ...place }, { signal }) {
      const { repository, name } = await lookAt(place, ports);
      return lockTarget({ repository, target: name, owner: ports.who, reason, machine: '' }, seconds * 1000, signal);
    },
    remove: (input, work) => removeFromTarget(input, ports, work),
    async unlock(place, { signal }) {
      const { repository, name } = await lookAt(place, ports);
      return { unlocked: await unlockTarget(repository, name, signal) };
    },
  };
}
