import { BacklotError } from '#contract/errors.ts';
import type { Condition, Promotion, TargetLock } from '#contract/releases.ts';
import type { Work } from '#core/work.ts';
import type { Checkout } from '#ports/git.ts';
import { attachEvidence } from './evidence/attach-evidence.ts';
import type { EvidenceContent } from './evidence/statement.ts';
import { judge, unmet } from './gate.ts';
import type { StoredImage } from './image-facts.ts';
import { lookForImage, takeAim, type Aim, type LookPorts, type Sight, type Subject } from './look.ts';
import { pushSubject } from './push-subject.ts';
import type { ReleasePorts } from './hold-target.ts';
import { readLock } from './target-lock.ts';
import { addPromotion, readPromotions, type PromotedImage } from './target-records.ts';
import { tellPeople } from './tell-people.ts';

export type PromoteInput = { readonly directory: string; readonly target?: string | undefined; /** The one that was looked at. */ readonly revision?: string | undefined; readonly override?: string | undefined };
type Judged = Sight & { readonly aim: Aim; readonly revision: Checkout; readonly conditions: Condition[] };

/** What must hold for a promotion of what is checked out, and whether it does. */
export async function checkPromotion(input: Pick<PromoteInput, 'directory' | 'target'>, ports: LookPorts, signal: AbortSignal, onAim: (aim: Aim) => void = () => {}): Promise<Judged> {
  // Processes take longest: they begin before it is known what is asked for, and end with it.
  const over = new AbortController();
  const asking = AbortSignal.any([signal, over.signal]);
  try {
    const checkout = quietly(checkedOut(input.directory, ports, asking));
    const pushing = quietly(ports.git.isPushed(input.directory, checkout.then(({ sha }) => sha), asking));
    const aim = await takeAim(input, ports);
    onAim(aim);
    const locking = quietly(readLock(aim.repository, aim.name, asking));
    const revision = await checkout;
    const [sight, pushed, lock] = await Promise.all([lookForImage(aim, revision, ports, asking), pushing, locking]);
    return { ...sight, aim, revision, conditions: conditionsOf(sight, { aim, revision, pushed, lock }) };
  } finally {
    over.abort();
  }
}

async function checkedOut(directory: string, { git }: LookPorts, signal: AbortSignal): Promise<Checkout> {
  const found = await git.checkout(directory, signal);
  if (found) return found;
  throw new BacklotError('revision-missing', `${directory} is in no git repository, so there is no revision to promote`, { fix: 'Make it one, commit and push: then run the stages.' });
}

/** Something that is awaited later: by then what comes before it may have failed. */
function quietly<Result>(asked: Promise<Result>): Promise<Result> {
  asked.catch(() => {});
  return asked;
}

type Known = { readonly aim: Aim; readonly revision: Checkout; readonly pushed: boolean | string; readonly lock: TargetLock | undefined };

function conditionsOf({ subject, taken }: Sight, { aim, revision, pushed, lock }: Known): Condition[] {
  return judge({
    target: aim.name,
    declared: aim.target,
    targets: aim.declared.targets,
    checkout: { sha: revision.sha, dirty: revision.dirty, changes: revision.changes, pushed },
    ...(subject && { image: { name: subject.name, digest: subject.stored?.descriptor.digest ?? subject.id, platforms: subject.platforms, stages: subject.stages, problems: subject.problems } }),
    ...(taken !== undefined && { taken }),
    ...(lock && { lock }),
  });
}

/** Pushes the tested image with its evidence, where everything holds that must, or a reason overrides what does not. */
export async function promote(input: PromoteInput, ports: LookPorts & Pick<ReleasePorts, 'notify' | 'redactor'>, work: Work): Promise<Promotion> {
  const { signal, tell } = work;
  const early: { before?: Promise<Before> } = {};
  const { aim, revision, conditions, subject } = await checkPromotion(input, ports, signal, (at) => (early.before = quietly(readBefore(at, signal))));
  if (input.revision !== undefined && input.revision !== revision.sha) throw movedOn(aim.name, revision.sha, input.revision);
  const missing = unmet(conditions);
  if (!subject || (missing.length > 0 && input.override === undefined)) throw refused(aim.name, conditions);
  if (missing.length > 0) tell({ type: 'message', level: 'warning', text: `Promoted all the same (${input.override ?? ''}): ${missing.map(({ text }) => text).join('; ')}` });
  const stored = subject.stored ?? (await pushSubject({ aim, subject, tag: revision.name }, ports, work));
  const override = missing.length > 0 ? input.override : undefined;
  const content = newContent({ aim, revision, subject, override, missing: missing.map(({ id }) => id) }, ports);
  if (content) await attachEvidence(aim.repository, { subject: stored.descriptor, content, key: aim.keys.own }, signal);
  const { digest } = stored.descriptor;
  const { latest, pointed } = await (early.before ?? readBefore(aim, signal));
  const noted = await notePromotion({ aim, revision, subject, stored, override }, latest, ports, signal);
  const news = { event: 'promote' as const, target: aim.name, revision: revision.sha, image: `${aim.repository.name}@${digest}`, digest, who: ports.who };
  if (noted) await tellPeople(aim.declared, { ...news, ...(override !== undefined && { reason: `the gate was overridden: ${override}` }) }, ports, work);
  if (noted?.told === false) await addPromotion(aim, { ...noted, told: true }, signal);
  // Where something is deployed, the tag moves with a deployment.
  if (!aim.target.deploy && pointed !== digest) await pointTag(aim, stored, signal);
  return { image: `${aim.repository.name}@${digest}`, digest, id: subject.id, revision: revision.sha, target: aim.name, sent: subject.stored === undefined, conditions, ...(override !== undefined && { override }) };
}

/** Points the target's own tag at what is released there, unless it is; the bytes stay as they are. */
export async function moveTag(aim: Pick<Aim, 'repository' | 'name'>, image: Pick<StoredImage, 'descriptor' | 'bytes'>, signal: AbortSignal): Promise<void> {
  if ((await aim.repository.findManifest(aim.name, signal))?.digest !== image.descriptor.digest) await pointTag(aim, image, signal);
}

async function pointTag({ repository, name }: Pick<Aim, 'repository' | 'name'>, { descriptor, bytes }: Pick<StoredImage, 'descriptor' | 'bytes'>, signal: AbortSignal): Promise<void> {
  await repository.writeManifest(name, { mediaType: descriptor.mediaType, bytes }, signal);
}

/** What was promoted last to a target, and what its tag is at: read beside all else, since a promotion that finds both as they should be writes nothing. */
type Before = { readonly latest: PromotedImage | undefined; readonly pointed: string | undefined };

async function readBefore(aim: Aim, signal: AbortSignal): Promise<Before> {
  const [[latest], pointed] = await Promise.all([readPromotions(aim, signal), aim.repository.findManifest(aim.name, signal)]);
  return { latest, pointed: pointed?.digest };
}

type Promoting = { readonly aim: Aim; readonly revision: Checkout; readonly subject: Subject; readonly override: string | undefined };

/** What passed here and is not attached yet, and why a gate was overridden; nothing where all of it is there. */
function newContent({ aim, revision, subject, override, missing }: Promoting & { readonly missing: readonly string[] }, { who }: LookPorts): EvidenceContent | undefined {
  const attached = new Set(subject.found.filter(({ state }) => state === 'trusted').flatMap(({ stages }) => stages.map(({ stage, run, on }) => `${stage}\0${run}\0${on ?? ''}`)));
  const stages = (subject.local?.stages ?? []).filter(({ stage, run, on }) => !attached.has(`${stage}\0${run}\0${on ?? ''}`));
  if (stages.length === 0 && override === undefined) return undefined;
  const platform = subject.platforms[0];
  return {
    project: aim.declared.name,
    id: subject.id,
    revision: revision.name,
    dirty: revision.dirty,
    ...(platform !== undefined && { platform }),
    stages,
    ...(override !== undefined && { override: { target: aim.name, reason: override, who, time: new Date().toISOString(), conditions: [...missing] } }),
  };
}

/** What was noted, where that is news: also where whoever noted it did not live to tell. */
async function notePromotion({ aim, revision, subject, stored, override }: Promoting & { readonly stored: StoredImage }, latest: PromotedImage | undefined, { who }: LookPorts, signal: AbortSignal): Promise<PromotedImage | undefined> {
  const { digest } = stored.descriptor;
  if (latest?.digest === digest && latest.told === false) return latest;
  if (latest?.digest === digest && override === undefined) return undefined;
  const entry: PromotedImage = { revision: revision.sha, name: revision.name, digest, id: subject.id, who, time: new Date().toISOString(), ...(override !== undefined && { override }), ...((aim.declared.notify ?? []).length > 0 && { told: false }) };
  await addPromotion(aim, entry, signal);
  return entry;
}

/** Every unmet condition at once. */
const movedOn = (target: string, now: string, looked: string) =>
  new BacklotError('gate-refused', `${now.slice(0, 12)} is checked out by now, and what holds for ${target} was looked at for ${looked.slice(0, 12)}`, { fix: 'Look at it again, then promote.' });

function refused(target: string, conditions: readonly Condition[]): BacklotError {
  const missing = unmet(conditions);
  const also = missing.map(({ text, fix }) => ({ message: text, ...(fix !== undefined && { fix }) }));
  return new BacklotError('gate-refused', `The gate of ${target} refuses: ${missing.length} of ${conditions.length} conditions ${missing.length === 1 ? 'does' : 'do'} not hold`, {
    also,
    fix: 'See to each of them. Where it must be now: --override "why", which is recorded and told.',
    result: { target, conditions },
  });
}
