import { BacklotError } from '#contract/errors.ts';
import type { Answer } from '#contract/operations.ts';
import type { Release } from '#contract/releases.ts';
import type { Work } from '#core/work.ts';
import type { Plan } from './release-plan.ts';

/** How long an answer is waited for. */
const PATIENCE = 60 * 60_000;

/** Whether a person lets a release stay that cannot be judged. False where nobody can be asked or nobody decides; `rollback` fails it. */
export async function mayStay(plan: Plan, release: Release, why: string, work: Work): Promise<boolean> {
  const answer = await ask(plan, release, why, work);
  if (answer === 'rollback') throw givenUp(release, why);
  return answer === 'continue';
}

/** In the middle of a roll half of it cannot stay: giving it up, whichever way, brings the former release back. */
export async function askInBetween(plan: Plan, release: Release, why: string, work: Work): Promise<void> {
  const answer = await ask(plan, release, why, work);
  if (answer === 'rollback' || answer === 'abort') throw givenUp(release, why);
}

async function ask({ asks, previous, kind }: Plan, { target, release, revision }: Release, why: string, work: Work): Promise<Answer | undefined> {
  if (!asks || !work.ask) return undefined;
  // From a way back, and from the first release, there is no way back.
  const answers: readonly Answer[] = previous && kind === 'deploy' ? ['continue', 'rollback', 'abort'] : ['continue', 'abort'];
  return work.ask({ target, release, revision, text: `Whether ${revision.slice(0, 12)} is well could not be told: ${why}`, answers: [...answers], until: new Date(Date.now() + PATIENCE).toISOString() });
}

const givenUp = ({ revision, target }: Release, why: string) =>
  new BacklotError('deploy-failed', `${revision.slice(0, 12)} was given up on ${target}, since it could not be judged: ${why}`, { fix: 'See what it logged, and why the checks had no readings.' });
