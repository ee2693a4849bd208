import { randomBytes } from 'node:crypto';
import { BacklotError, toFailure } from '#contract/errors.ts';
import type { KpiOutcome, Release, Released, Verdict } from '#contract/releases.ts';
import { credentialsIn } from '#core/credentials-in.ts';
import { readTextOrSecret } from '#core/read-secret.ts';
import type { Work } from '#core/work.ts';
import type { Deployed, Deployer, DeployOrder, DeployWork } from '#ports/deployer.ts';
import { runAfter } from './after-stages.ts';
import { askInBetween, mayStay } from './ask-verdict.ts';
import type { DeployFile } from './declared.ts';
import type { ReleasePorts } from './hold-target.ts';
import { storedImage } from './image-facts.ts';
import { Watch, worst } from './kpi/watch.ts';
import { watchedRoll } from './kpi/watched-roll.ts';
import type { Aim } from './look.ts';
import { moveTag } from './promote.ts';
import { keepImages } from './keep-images.ts';
import { ReleaseLog } from './release-log.ts';
import { readReleases, writeRelease, type PromotedImage } from './target-records.ts';
import { tellPeople } from './tell-people.ts';

export type Plan = {
  readonly aim: Aim;
  readonly image: PromotedImage;
  /** What there is a way back to, and what serves: usually the same. */
  readonly previous: Release | undefined;
  readonly serving: Release | undefined;
  readonly kind: Release['kind'];
  readonly deploy: DeployFile;
  /** The same as its file has it, for the record. */
  readonly written: unknown;
  /** How the former release is brought back; nothing where that cannot be. */
  readonly wayBack: DeployFile | undefined;
  readonly content: Release['content'] | undefined;
  readonly reason: string | undefined;
  /** Somebody is there to be asked. */
  readonly asks: boolean;
};

/** Where the way back has to end, whoever cancelled the way there. */
const WAY_BACK = 30 * 60_000;
/** Of the window, how long a release is watched with a part of the traffic, for each such part. */
const BETWEEN_STEPS = 0.25;

/** Rolls an image out, watches it, and goes back where it fails, was cancelled or broke off. What came of it is in the target's record. */
export async function carryOut(plan: Plan, ports: ReleasePorts, given: Work): Promise<Released> {
  const began = performance.now();
  const log = new ReleaseLog(ports.redactor.redact);
  const work = log.listen(given);
  const { aim, previous, kind } = plan;
  const doing = deployWork(ports, work);
  let release: Release = { ...newRelease(plan, ports), operation: work.id };
  const order = orderOf(plan, release, ports);
  const note = async (more: Partial<Release>) => {
    release = { ...release, ...more };
    const signal = AbortSignal.timeout(60_000);
    // What was done is done: a registry that has gone meanwhile changes nothing of it.
    const write = async () => {
      if (release.ended !== undefined) release = { ...release, log: await log.store(aim.repository, signal) };
      await writeRelease(aim, release, signal);
    };
    await write().catch((error: unknown) => work.tell({ type: 'message', level: 'warning', text: `The record of ${aim.name} could not be written: ${toFailure(error).message}` }));
  };
  const people = (event: 'deploy' | 'pass' | 'fail' | 'rollback', more: { verdict?: string; reason?: string; automatic?: boolean } = {}, of: Pick<Release, 'revision' | 'image' | 'digest'> = release) =>
    tellPeople(aim.declared, { event, target: aim.name, revision: of.revision, image: of.image, digest: of.digest, who: ports.who, ...(release.link !== undefined && { link: release.link }), ...(previous && of === release && { previous: previous.revision }), ...more }, ports, work);
  const watch = aim.target.kpi && (await Watch.open(aim.target.kpi, { target: aim.name, directory: aim.declared.directory, environment: environmentOf(order), ask: balancerOf(plan.deploy, order, ports) }, ports.kpi, { ...doing, tell: work.tell }));
  await writeRelease(aim, release, work.signal);
  await people('deploy', plan.reason === undefined ? {} : { reason: plan.reason });
  let [isBegun, isRolled] = [false, false];
  /** What serves when all is over; where a way failed on the way, nobody knows. */
  const servesAfter = (rolledBack: boolean): Partial<Release> => {
    const serving = rolledBack ? previous : isBegun ? (isRolled ? release : undefined) : plan.serving;
    return serving ? { serves: serving.release } : {};
  };
  let deployed: Deployed = {};
  let accepted: string | undefined;
  let seen: { readonly verdict: Verdict; readonly kpi: KpiOutcome[] } = { verdict: 'pass', kpi: [] };
  try {
    if (previous && watch) await watch.measureBaseline(work.signal);
    work.signal.throwIfAborted();
    const between = watch && (async () => {
      seen = await watch.follow(work.signal, BETWEEN_STEPS);
      if (seen.verdict === 'fail') throw new BacklotError('deploy-failed', `${plan.image.revision.slice(0, 12)} failed on ${aim.name}: ${whyOf(seen.kpi)}`, { fix: 'It did not get all of the traffic. See what it logged.' });
      if (seen.verdict === 'inconclusive') await askInBetween(plan, release, whyOf(seen.kpi), work);
    });
    isBegun = true;
    const way = (signal: AbortSignal) => roll(plan.deploy, order, ports, { ...doing, signal, ...(between && { between }) });
    const failedMeanwhile = (kpi: KpiOutcome[]) => {
      seen = { verdict: 'fail', kpi };
      return new BacklotError('deploy-failed', `${plan.image.revision.slice(0, 12)} failed on ${aim.name} while it was rolled out: ${whyOf(kpi)}`, { fix: 'See what it logged.' });
    };
    // A pair looks between its steps. Where nothing was before, there is nothing yet that could answer.
    const isWatched = kind === 'deploy' && previous !== undefined && plan.deploy.pair === undefined;
    deployed = watch && isWatched ? await watchedRoll(watch, work.signal, way, failedMeanwhile) : await way(work.signal);
    isRolled = true;
    // Whatever befalls this process from here on: what serves is known.
    const [followed] = await Promise.all([watch?.follow(work.signal), note({ serves: release.release })]);
    seen = followed ?? seen;
    work.signal.throwIfAborted();
    if (seen.verdict !== 'fail' && kind === 'deploy') {
      const after = await runAfter(plan, order, ports, work);
      seen = { verdict: worst([seen.verdict, ...after.map(({ verdict }) => verdict)]), kpi: [...seen.kpi, ...after] };
    }
    if (seen.verdict === 'inconclusive' && (await mayStay(plan, release, whyOf(seen.kpi), work))) accepted = ports.who;
    work.signal.throwIfAborted();
  } catch (error) {
    // Whoever holds the target now brings it in order.
    if (work.signal.reason instanceof BacklotError && work.signal.reason.code === 'target-locked') throw withResult(work.signal.reason, plan, { release, verdict: 'fail', rolledBack: false, kpi: seen.kpi, began });
    const rolledBack = isBegun && (await goBack(plan, order, ports, work));
    const failure = work.signal.aborted ? new BacklotError('cancelled', 'cancelled') : error;
    const reason = ports.redactor.redact(toFailure(failure).message);
    await note({ state: work.signal.aborted ? 'cancelled' : 'fail', rolledBack, ended: new Date().toISOString(), reason, ...(seen.kpi.length > 0 && { kpi: seen.kpi }), ...servesAfter(rolledBack) });
    await people('fail', { verdict: 'fail', reason });
    if (rolledBack && previous) await people('rollback', { automatic: true, reason }, previous);
    throw withResult(failure, plan, { release, verdict: 'fail', rolledBack, kpi: seen.kpi, began });
  }
  const { verdict, kpi } = seen;
  const rolledBack = verdict === 'fail' && (await goBack(plan, order, ports, work));
  const why = whyOf(kpi);
  await note({ state: verdict, rolledBack, kpi, ...servesAfter(rolledBack), ended: new Date().toISOString(), ...(accepted !== undefined && { accepted }), ...(why !== '' && { reason: why }), ...(deployed.link !== undefined && { link: deployed.link }) });
  await people(verdict === 'pass' || accepted !== undefined ? (kind === 'rollback' ? 'rollback' : 'pass') : 'fail', { verdict, ...(why !== '' && { reason: why }) });
  if (rolledBack && previous) await people('rollback', { automatic: true, reason: why }, previous);
  const released = resultOf(plan, { release, verdict, rolledBack, kpi, began });
  if (verdict === 'pass' || accepted !== undefined) {
    await pointAt(plan, work.signal);
    return released;
  }
  if (verdict === 'inconclusive') {
    await pointAt(plan, work.signal);
    throw new BacklotError('deploy-failed', `Whether ${plan.image.revision.slice(0, 12)} is well on ${aim.name} could not be told: ${why}`, { fix: `It stays. See for yourself; if it is not well: backlot rollback ${aim.name}`, result: released });
  }
  throw new BacklotError('deploy-failed', `${plan.image.revision.slice(0, 12)} failed on ${aim.name}: ${why}`, { fix: rolledBack ? `${previous?.revision.slice(0, 12) ?? ''} serves again.` : 'It could not be rolled back: there is no earlier release, or the way back failed.', result: released });
}

/** The way there, by the kind of the deployment. */
async function roll(deploy: DeployFile, order: DeployOrder, { deployers }: ReleasePorts, work: DeployWork): Promise<Deployed> {
  const { kind, settings, deployer } = wayOf(deploy, deployers);
  if (deployer) return deployer.deploy(settings, order, work);
  throw new BacklotError('config-invalid', `This version of Backlot cannot deploy by ${kind}`, { fix: 'Deploy by a script, a webhook or a git repository.' });
}

function wayOf(deploy: DeployFile, deployers: ReleasePorts['deployers']): { readonly kind: string; readonly settings: unknown; readonly deployer: Deployer<unknown> | undefined } {
  const [kind = '', settings] = Object.entries(deploy).find(([, value]) => value !== undefined) ?? [];
  return { kind, settings, deployer: (deployers as Readonly<Record<string, Deployer<unknown> | undefined>>)[kind] };
}

/** How the balancer is asked that the target itself has, where it has one. */
function balancerOf(deploy: DeployFile, order: DeployOrder, { deployers }: ReleasePorts): ((command: string, signal: AbortSignal) => Promise<string>) | undefined {
  const { settings, deployer } = wayOf(deploy, deployers);
  const ask = deployer?.askBalancer?.bind(deployer);
  return ask && ((command, signal) => ask(settings, order, command, signal));
}

const whyOf = (kpi: readonly KpiOutcome[]) => kpi.filter((one) => one.verdict !== 'pass').map(({ check, why = '' }) => `${check}: ${why}`).join('; ');

/** Brings the former release back. Answers whether it serves again. From a way back there is no way back: what was there had been given up. */
async function goBack({ aim, previous, wayBack, kind }: Plan, failed: DeployOrder, ports: ReleasePorts, work: Work): Promise<boolean> {
  if (!previous || !wayBack || kind === 'rollback') return false;
  work.tell({ type: 'message', level: 'warning', text: `Goes back to ${previous.revision.slice(0, 12)}` });
  const { previous: _, ...rest } = failed;
  const order: DeployOrder = { ...rest, revision: previous.revision, image: previous.image, previous: { revision: failed.revision, image: failed.image }, mode: 'rollback' };
  try {
    await roll(wayBack, order, ports, deployWork(ports, { ...work, signal: AbortSignal.timeout(WAY_BACK) }));
    work.tell({ type: 'instance', target: aim.name, instance: 'release', state: 'returned', revision: previous.revision, previous: failed.revision });
    return true;
  } catch (error) {
    const { message, fix } = toFailure(error);
    work.tell({ type: 'message', level: 'warning', text: `The way back to ${previous.revision.slice(0, 12)} failed: ${message}`, ...(fix !== undefined && { fix }) });
    return false;
  }
}

function deployWork({ secrets, redactor }: ReleasePorts, { signal, tell }: Work): DeployWork {
  return {
    signal,
    tell,
    redact: redactor.redact,
    async secret(reference, what) {
      const text = (await readTextOrSecret(reference, what, secrets)).reveal();
      redactor.add(typeof reference === 'string' ? (credentialsIn(text)?.password ?? '') : text);
      return text;
    },
  };
}

/** Points the target's tag at what serves now. */
async function pointAt({ aim, image }: Plan, signal: AbortSignal): Promise<void> {
  const stored = await storedImage(aim.repository, image.digest, signal);
  if (stored) await moveTag(aim, stored, signal);
  // What could not be kept now is with the next release.
  await readReleases(aim, signal).then((releases) => keepImages(aim, releases, signal)).catch(() => {});
}

function newRelease({ aim, image, previous, kind, written, content, reason }: Plan, { who }: ReleasePorts): Release {
  return {
    release: `rel-${Date.now().toString(36)}-${randomBytes(3).toString('hex')}`,
    target: aim.name,
    revision: image.revision,
    image: `${aim.repository.name}@${image.digest}`,
    digest: image.digest,
    ...(previous && { previous: previous.revision }),
    kind,
    state: 'running',
    who,
    started: new Date().toISOString(),
    ...(reason !== undefined && { reason }),
    ...(content !== undefined && { content }),
    deploy: written,
  };
}

function orderOf({ aim, previous, kind }: Plan, { release, revision, image }: Release, { who }: ReleasePorts): DeployOrder {
  return { release, project: aim.declared.name, directory: aim.declared.directory, target: aim.name, revision, image, ...(previous && { previous: { revision: previous.revision, image: previous.image } }), who, mode: kind };
}

const environmentOf = ({ revision, previous, target, image }: DeployOrder) => ({ REVISION: revision, PREVIOUS_REVISION: previous?.revision ?? '', TARGET: target, IMAGE: image });

type Ended = { readonly release: Release; readonly verdict: Verdict; readonly rolledBack: boolean; readonly kpi: KpiOutcome[]; readonly began: number };

function resultOf({ previous }: Plan, { release, verdict, rolledBack, kpi, began }: Ended): Released {
  const { release: id, target, revision, image, digest, link, accepted } = release;
  return { release: id, target, revision, image, digest, ...(previous && { previous: previous.revision }), verdict, rolledBack, ...(accepted !== undefined && { accepted }), ...(link !== undefined && { link }), kpi, seconds: Math.round(performance.now() - began) / 1000 };
}

function withResult(error: unknown, plan: Plan, ended: Ended): unknown {
  if (!(error instanceof BacklotError)) return error;
  const { code, message, fix, cause, also, where } = error;
  return new BacklotError(code, message, { fix, cause, where, ...(also && { also }), result: resultOf(plan, ended) });
}
