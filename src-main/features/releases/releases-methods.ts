import type { Api } from '#contract/index.ts';
import type { Implementation } from '#core/dispatcher.ts';
import { findCandidates } from './candidates.ts';
import { deploy, rollback } from './deploy.ts';
import type { ReleasePorts } from './hold-target.ts';
import { listReleases, listTargets } from './list-targets.ts';
import { listRevisions } from './list-revisions.ts';
import { lookAt } from './look.ts';
import { checkPromotion, promote } from './promote.ts';
import { showEvidence } from './show-evidence.ts';
import { lockTarget, unlockTarget } from './target-lock.ts';
import { readReleases } from './target-records.ts';

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
    targets: async ({ directory }, signal) => ({ schema: 1, targets: await listTargets(directory, ports, signal) }),
    async lock({ reason, seconds, ...place }, { signal }) {
      const { repository, name } = await lookAt(place, ports);
      return lockTarget({ repository, target: name, owner: ports.who, reason, machine: '' }, seconds * 1000, signal);
    },
    async unlock(place, { signal }) {
      const { repository, name } = await lookAt(place, ports);
      return { unlocked: await unlockTarget(repository, name, signal) };
    },
  };
}
