import { BacklotError, toFailure } from '#contract/errors.ts';
import type { Released } from '#contract/releases.ts';
import type { Work } from '#core/work.ts';
import { runAfter } from './after-stages.ts';
import { askInBetween, mayStay } from './ask-verdict.ts';
import type { ReleasePorts } from './hold-target.ts';
import { storedImage } from './image-facts.ts';
import { keepImages } from './keep-images.ts';
import { Watch, worst } from './kpi/watch.ts';
import { watchedRoll } from './kpi/watched-roll.ts';
import type { Aim } from './look.ts';
import { moveTag } from './promote.ts';
import { ReleaseCourse } from './release-course.ts';
import type { Plan } from './release-plan.ts';
import { assertCanRoll, balancerOf, deployWork, goBack, roll, type WentBack } from './roll.ts';
import { readReleases } from './target-records.ts';

/** Of the window, how long a release is watched with a part of the traffic, for each such part. */
const BETWEEN_STEPS = 0.25;

/** Milliseconds within which a tag is moved after a failure, whoever cancelled the release. */
const POINTING = 30_000;

/** Rolls an image out, watches it, and goes back where it fails, was cancelled or broke off. What came of it is in the target's record. */
export async function carryOut(plan: Plan, ports: ReleasePorts, given: Work): Promise<Released> {
  const course = new ReleaseCourse(plan, ports, given);
  const watch = await watchOf(course);
  await assertCanRoll(plan.deploy, ports, deployWork(ports, course.work));
  await course.begin();
  try {
    await rollOut(course, watch);
    await judge(course, watch);
  } catch (error) {
    throw await breakOff(course, error);
  }
  return conclude(course);
}

async function watchOf({ plan: { aim, deploy }, ports, work, order }: ReleaseCourse): Promise<Watch | undefined> {
  const { revision, previous, target, image } = order;
  const environment = { REVISION: revision, PREVIOUS_REVISION: previous?.revision ?? '', TARGET: target, IMAGE: image };
  return aim.target.kpi && Watch.open(aim.target.kpi, { target: aim.name, directory: aim.declared.directory, environment, balancer: balancerOf(deploy, order, ports), released: { revision, image }, former: previous }, ports.kpi, { ...deployWork(ports, work), tell: work.tell });
}

async function rollOut(course: ReleaseCourse, watch: Watch | undefined): Promise<void> {
  const { plan, ports, work, order } = course;
  if (plan.previous && watch) await watch.measureBaseline(work.signal);
  work.signal.throwIfAborted();
  course.isBegun = true;
  const between = watch && (() => lookBetween(course, watch));
  const way = (signal: AbortSignal) => roll(plan.deploy, order, ports, { ...deployWork(ports, work), signal, ...(between && { between }) });
  // A pair looks between its steps. Where nothing was before, there is nothing yet that could answer.
  const isWatched = plan.kind === 'deploy' && plan.previous !== undefined && plan.deploy.pair === undefined;
  if (!watch || !isWatched) course.deployed = await way(work.signal);
  else {
    course.deployed = await watchedRoll(watch, work.signal, way, (kpi) => {
      course.seen = { verdict: 'fail', kpi };
      return failed(course, 'See what it logged.', ' while it was rolled out');
    });
  }
  course.isRolled = true;
}

/** With a part of the traffic on the new release. */
async function lookBetween(course: ReleaseCourse, watch: Watch): Promise<void> {
  course.seen = await watch.follow(course.work.signal, BETWEEN_STEPS);
  if (course.seen.verdict === 'fail') throw failed(course, 'It did not get all of the traffic. See what it logged.');
  if (course.seen.verdict === 'inconclusive') await askInBetween(course.plan, course.release, course.why, course.work);
}

/** With all of the traffic on the new release: its checks, the stages that run after it, and a person where neither can tell. */
async function judge(course: ReleaseCourse, watch: Watch | undefined): Promise<void> {
  const { plan, ports, work, order } = course;
  // Whatever befalls this process from here on: what serves is known.
  const [followed] = await Promise.all([watch?.follow(work.signal), course.note({ serves: course.release.release })]);
  course.seen = followed ?? course.seen;
  work.signal.throwIfAborted();
  if (course.seen.verdict !== 'fail') {
    const after = await runAfter(plan, order, ports, work);
    course.seen = { verdict: worst([course.seen.verdict, ...after.map(({ verdict }) => verdict)]), kpi: [...course.seen.kpi, ...after] };
  }
  if (course.seen.verdict === 'inconclusive' && (await mayStay(plan, course.release, course.why, work))) course.accepted = ports.who;
  work.signal.throwIfAborted();
}

/** Brings the former release back where one was begun. Answers the error of the whole. */
async function breakOff(course: ReleaseCourse, error: unknown): Promise<unknown> {
  const { plan, ports, work, order, seen } = course;
  // Whoever holds the target now brings it in order.
  if (work.signal.reason instanceof BacklotError && work.signal.reason.code === 'target-locked') return withResult(work.signal.reason, course.result('fail', false));
  const { rolledBack, problem }: WentBack = course.isBegun ? await goBack(plan, order, ports, work) : { rolledBack: false };
  const failure = work.signal.aborted ? new BacklotError('cancelled', 'cancelled') : error;
  const reason = alsoSaying(ports.redactor.redact(toFailure(failure).message), problem);
  await course.end(work.signal.aborted ? 'cancelled' : 'fail', rolledBack, { reason, ...(seen.kpi.length > 0 && { kpi: seen.kpi }) });
  await course.tell('fail', { verdict: 'fail', reason });
  if (rolledBack && plan.previous) await course.tell('rollback', { automatic: true, reason }, plan.previous);
  await pointAtLeft(course, rolledBack);
  return withResult(failure, course.result('fail', rolledBack), problem === undefined ? undefined : notBack(course, problem));
}

const alsoSaying = (reason: string, problem: string | undefined) => (problem === undefined ? reason : `${reason}; the ${problem}`);
/** What to do where neither the one release nor the other is known to serve. */
const notBack = ({ plan: { aim } }: ReleaseCourse, problem: string) => `The ${problem}. Look at what serves on ${aim.name}, then: backlot rollback ${aim.name}`;

/** Goes back where the checks failed, notes and tells the verdict, and answers a release that stays for good. */
async function conclude(course: ReleaseCourse): Promise<Released> {
  const { plan, ports, work, order, accepted, why, deployed } = course;
  const { verdict, kpi } = course.seen;
  const isGood = verdict === 'pass' || accepted !== undefined;
  const { rolledBack, problem }: WentBack = verdict === 'fail' ? await goBack(plan, order, ports, work) : { rolledBack: false };
  const reason = why === '' ? {} : { reason: alsoSaying(why, problem) };
  await course.end(verdict, rolledBack, { kpi, ...reason, ...(accepted !== undefined && { accepted }), ...(deployed.link !== undefined && { link: deployed.link }) });
  await course.tell(isGood ? (plan.kind === 'rollback' ? 'rollback' : 'pass') : 'fail', { verdict, ...reason });
  if (rolledBack && plan.previous) await course.tell('rollback', { automatic: true, reason: why }, plan.previous);
  const released = course.result(verdict, rolledBack);
  if (verdict === 'fail') await pointAtLeft(course, rolledBack);
  else await pointAt(plan.aim, plan.image.digest, work.signal).catch((error: unknown) => Promise.reject(withResult(error, released, `${plan.image.revision.slice(0, 12)} serves on ${plan.aim.name} all the same.`) as Error));
  if (isGood) return released;
  const { revision } = plan.image;
  if (verdict === 'inconclusive') {
    throw new BacklotError('deploy-failed', `Whether ${revision.slice(0, 12)} is well on ${plan.aim.name} could not be told: ${why}`, { fix: `It stays. See for yourself; if it is not well: backlot rollback ${plan.aim.name}`, result: released });
  }
  throw withResult(failed(course, rolledBack ? `${plan.previous?.revision.slice(0, 12) ?? ''} serves again.` : problem === undefined ? stays(plan) : notBack(course, problem)), released);
}

const stays = ({ kind, aim: { name } }: Plan) => (kind === 'rollback' ? `It stays: a way back is not taken back by itself. Choose another: backlot rollback ${name} --list` : 'It could not be rolled back: there is no earlier release.');

const failed = ({ plan: { aim, image }, why }: ReleaseCourse, fix: string, when = '') => new BacklotError('deploy-failed', `${image.revision.slice(0, 12)} failed on ${aim.name}${when}: ${why}`, { fix });

/** Points the target's tag at what serves after a failure, where that is known. Whoever works on the target next would do it, and does where this cannot. */
async function pointAtLeft({ plan: { aim, image, previous }, isRolled }: ReleaseCourse, rolledBack: boolean): Promise<void> {
  const serving = rolledBack ? previous : isRolled ? image : undefined;
  if (serving) await pointAt(aim, serving.digest, AbortSignal.timeout(POINTING)).catch(() => {});
}

/** Points the target's tag at what serves now. */
async function pointAt(aim: Aim, digest: string, signal: AbortSignal): Promise<void> {
  const stored = await storedImage(aim.repository, digest, signal);
  if (stored) await moveTag(aim, stored, signal);
  // What could not be kept now is with the next release.
  await readReleases(aim, signal).then((releases) => keepImages(aim, releases, signal)).catch(() => {});
}

function withResult(error: unknown, result: Released, also?: string): unknown {
  if (!(error instanceof BacklotError)) return error;
  const { code, message, fix, cause, where } = error;
  return new BacklotError(code, message, { fix: [fix, also].filter((one) => one !== undefined).join(' ') || undefined, cause, where, ...(error.also && { also: error.also }), result });
}
