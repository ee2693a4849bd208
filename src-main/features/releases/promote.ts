import { BacklotError } from '#contract/errors.ts';
import type { Condition, Promotion } from '#contract/releases.ts';
import type { Work } from '#core/work.ts';
import type { Revision } from '#ports/git.ts';
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

export type PromoteInput = { readonly directory: string; readonly target?: string | undefined; readonly override?: string | undefined };
type Judged = Sight & { readonly aim: Aim; readonly revision: Revision; readonly conditions: Condition[] };

/** What must hold for a promotion of what is checked out, and whether it does. */
export async function checkPromotion(input: Pick<PromoteInput, 'directory' | 'target'>, ports: LookPorts, signal: AbortSignal): Promise<Judged> {
  const aim = await takeAim(input, ports);
  const asking = Promise.all([ports.git.isPushed(aim.declared.directory, signal), readLock(aim.repository, aim.name, signal)]);
  // Awaited below; by then what comes before it may have failed.
  asking.catch(() => {});
  const revision = await ports.git.revision(aim.declared.directory, signal);
  if (!revision) throw new BacklotError('revision-missing', `${aim.declared.directory} is in no git repository, so there is no revision to promote`, { fix: 'Make it one, commit and push: then run the stages.' });
  const [sight, [pushed, lock]] = await Promise.all([lookForImage(aim, revision, ports, signal), asking]);
  const { subject, taken } = sight;
  const conditions = judge({
    target: aim.name,
    declared: aim.target,
    checkout: { sha: revision.sha, dirty: revision.dirty, changes: revision.changes, pushed },
    ...(subject && { image: { name: subject.name, digest: subject.stored?.descriptor.digest ?? subject.id, platforms: subject.platforms, stages: subject.stages, problems: subject.problems } }),
    ...(taken !== undefined && { taken }),
    ...(lock && { lock }),
  });
  return { ...sight, aim, revision, conditions };
}

/** Pushes the tested image with its evidence, where everything holds that must, or a reason overrides what does not. */
export async function promote(input: PromoteInput, ports: LookPorts & Pick<ReleasePorts, 'notify' | 'redactor'>, work: Work): Promise<Promotion> {
  const { signal, tell } = work;
  const { aim, revision, conditions, subject } = await checkPromotion(input, ports, signal);
  const missing = unmet(conditions);
  if (!subject || (missing.length > 0 && input.override === undefined)) throw refused(aim.name, conditions);
  if (missing.length > 0) tell({ type: 'message', level: 'warning', text: `Promoted all the same (${input.override ?? ''}): ${missing.map(({ text }) => text).join('; ')}` });
  const stored = subject.stored ?? (await pushSubject({ aim, subject, tag: revision.name }, ports, work));
  const override = missing.length > 0 ? input.override : undefined;
  const content = newContent({ aim, revision, subject, override, missing: missing.map(({ id }) => id) }, ports);
  if (content) await attachEvidence(aim.repository, { subject: stored.descriptor, content, key: aim.keys.own }, signal);
  const noted = await notePromotion({ aim, revision, subject, stored, override }, ports, signal);
  const { digest } = stored.descriptor;
  const news = { event: 'promote' as const, target: aim.name, revision: revision.sha, image: `${aim.repository.name}@${digest}`, digest, who: ports.who };
  if (noted) await tellPeople(aim.declared, { ...news, ...(override !== undefined && { reason: `the gate was overridden: ${override}` }) }, ports, work);
  if (noted?.told === false) await addPromotion(aim, { ...noted, told: true }, signal);
  if (!aim.target.deploy) await moveTag(aim, stored, signal);
  return { image: `${aim.repository.name}@${digest}`, digest, id: subject.id, revision: revision.sha, target: aim.name, sent: subject.stored === undefined, conditions, ...(override !== undefined && { override }) };
}

/** Points the target's own tag at what is released there; the bytes stay as they are. */
export async function moveTag({ repository, name }: Pick<Aim, 'repository' | 'name'>, { descriptor, bytes }: Pick<StoredImage, 'descriptor' | 'bytes'>, signal: AbortSignal): Promise<void> {
  if ((await repository.findManifest(name, signal))?.digest === descriptor.digest) return;
  await repository.writeManifest(name, { mediaType: descriptor.mediaType, bytes }, signal);
}

type Promoting = { readonly aim: Aim; readonly revision: Revision; readonly subject: Subject; readonly override: string | undefined };

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
async function notePromotion({ aim, revision, subject, stored, override }: Promoting & { readonly stored: StoredImage }, { who }: LookPorts, signal: AbortSignal): Promise<PromotedImage | undefined> {
  const { digest } = stored.descriptor;
  const [latest] = await readPromotions(aim, signal);
  if (latest?.digest === digest && latest.told === false) return latest;
  if (latest?.digest === digest && override === undefined) return undefined;
  const entry: PromotedImage = { revision: revision.sha, name: revision.name, digest, id: subject.id, who, time: new Date().toISOString(), ...(override !== undefined && { override }), ...((aim.declared.notify ?? []).length > 0 && { told: false }) };
  await addPromotion(aim, entry, signal);
  return entry;
}

/** Every unmet condition at once. */
function refused(target: string, conditions: readonly Condition[]): BacklotError {
  const missing = unmet(conditions);
  const also = missing.map(({ text, fix }) => ({ message: text, ...(fix !== undefined && { fix }) }));
  return new BacklotError('gate-refused', `The gate of ${target} refuses: ${missing.length} of ${conditions.length} conditions ${missing.length === 1 ? 'does' : 'do'} not hold`, {
    also,
    fix: 'See to each of them. Where it must be now: --override "why", which is recorded and told.',
    result: { target, conditions },
  });
}
