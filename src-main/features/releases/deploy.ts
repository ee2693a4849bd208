import { BacklotError, toFailure } from '#contract/errors.ts';
import type { Candidate, Release, Released } from '#contract/releases.ts';
import type { Work } from '#core/work.ts';
import { carryOut } from './carry-out.ts';
import { findCandidates, laterThan } from './candidates.ts';
import type { DeployFile } from './declared.ts';
import { ownDeploy } from './own-deploy.ts';
import { lookInRegistry, stagesMissing, takeAim, type Aim } from './look.ts';
import { storedImage } from './image-facts.ts';
import { conditionOf, nameOf } from './gate.ts';
import { readPromotions, readReleases, writeRelease, type PromotedImage } from './target-records.ts';
import { holdTarget, type ReleasePorts } from './hold-target.ts';
import { currentOf, goodBefore } from './list-targets.ts';
import { moveTag } from './promote.ts';

/** Deploys a promoted revision, the latest by default, and watches it. */
export async function deploy(input: { readonly directory: string; readonly target: string; readonly revision?: string | undefined; readonly content?: 'data' | 'code' | undefined; readonly asks?: boolean }, ports: ReleasePorts, work: Work): Promise<Released> {
  const aim = await takeAim(input, ports);
  const promoted = await promotedTo(aim, input.revision, work.signal);
  return holdTarget({ aim, reason: `deploys ${promoted.revision.slice(0, 12)}` }, ports, work, async (held) => {
    const releases = await settleInterrupted(aim, held);
    const previous = goodBefore(releases);
    return carryOut({ aim, image: promoted, previous, serving: currentOf(releases), ...deployOf(aim), wayBack: await wayBackTo(previous, aim, ports, held), kind: 'deploy', content: input.content, reason: promoted.override, asks: input.asks === true }, ports, held);
  });
}

/** Goes back to an earlier release, with that release's own way to deploy; those in between are marked faulty. */
export async function rollback(input: { readonly directory: string; readonly target: string; readonly to?: string | undefined; readonly reason?: string | undefined; readonly asks?: boolean }, ports: ReleasePorts, work: Work): Promise<Released> {
  const aim = await takeAim(input, ports);
  return holdTarget({ aim, reason: 'rolls back' }, ports, work, async (held) => {
    const releases = await settleInterrupted(aim, held);
    const { candidate, release } = await chosenCandidate(aim, releases, input.to, held.signal);
    if (candidate.dataBetween.length > 0) held.tell({ type: 'message', level: 'warning', text: `Data was changed since then, by ${candidate.dataBetween.map((revision) => revision.slice(0, 12)).join(', ')}: the older program has to cope with that` });
    const current = currentOf(releases);
    const image = { revision: release.revision, digest: release.digest, id: '', who: release.who, time: release.started };
    // Whoever is believed released it here: that stands for its evidence, whatever the target asks for by now.
    if (release.trust !== 'trusted') await refuseWithoutEvidence(aim, image, held.signal);
    const own = await ownDeploy(release, aim.declared, ports);
    // Whatever comes of it: what is left for an older release is faulty.
    await markFaulty(aim, releases, release, held.signal);
    return carryOut({ aim, image, previous: current, serving: current, ...(own ? { deploy: own, written: release.deploy } : deployOf(aim)), wayBack: undefined, kind: 'rollback', reason: input.reason, content: undefined, asks: input.asks === true }, ports, held);
  });
}

function deployOf({ target, name, declared }: Aim): { readonly deploy: DeployFile; readonly written: unknown } {
  if (target.deploy) return { deploy: target.deploy, written: declared.deployWritten(name) };
  throw new BacklotError('config-invalid', `The target ${name} does not say how it is deployed`, { where: { file: declared.file }, fix: 'Write it in backlot.yaml, such as: deploy: { script: { run: [sh, deploy.sh] } }' });
}

/** How what serves is brought back if it has to be. That is found out before anything is changed. */
async function wayBackTo(previous: Release | undefined, aim: Aim, ports: ReleasePorts, { signal, tell }: Work): Promise<DeployFile | undefined> {
  if (!previous) return undefined;
  const without = (why: string) => tell({ type: 'message', level: 'warning', text: `There is no way back to ${previous.revision.slice(0, 12)} by itself: ${why}` });
  try {
    if (previous.trust !== 'trusted') await refuseWithoutEvidence(aim, previous, signal);
    return (await ownDeploy(previous, aim.declared, ports)) ?? deployOf(aim).deploy;
  } catch (error) {
    const { code, message } = toFailure(error);
    if (signal.aborted || (code !== 'config-invalid' && code !== 'gate-refused')) throw error;
    without(message);
    return undefined;
  }
}

/** The promoted image of a revision. Its evidence is looked at again: what lies in a registry may have been changed. */
async function promotedTo(aim: Aim, revision: string | undefined, signal: AbortSignal): Promise<PromotedImage> {
  deployOf(aim);
  const promotions = await readPromotions(aim, signal);
  const found = revision === undefined ? promotions[0] : promotions.find((one) => one.revision.startsWith(revision));
  if (!found) throw new BacklotError('gate-refused', revision === undefined ? `Nothing was promoted to ${aim.name} yet` : `${revision} was not promoted to ${aim.name}`, { fix: `Promote it first: backlot promote --target ${aim.name}` });
  await refuseWithoutEvidence(aim, found, signal);
  return found;
}

/** Fails where nothing that is believed shows that an image passed what its target asks for. */
async function refuseWithoutEvidence(aim: Aim, found: Pick<PromotedImage, 'digest' | 'revision' | 'name'>, signal: AbortSignal): Promise<void> {
  const revision = found.name ?? found.revision;
  const there = await lookInRegistry({ name: aim.repository.name, reference: found.digest, revision }, aim, { localEvidence: async () => Promise.resolve(undefined) }, signal);
  if (!there) throw new BacklotError('gate-refused', `The registry no longer has the image ${aim.repository.name}@${found.digest} that was promoted`, { fix: `Promote it again: backlot promote --target ${aim.name}` });
  const { stages, problems, found: evidence } = there;
  const overrides = evidence.flatMap(({ state, content }) => (state === 'trusted' && content?.revision === revision && content.override?.target === aim.name ? [content.override] : []));
  const overridden = new Set(overrides.flatMap(({ conditions = [] }) => conditions));
  const missing = stagesMissing(aim.target, stages).filter((requirement) => !overridden.has(conditionOf(requirement)));
  if (missing.length === 0) return;
  throw new BacklotError('gate-refused', `The evidence beside the promoted image does not hold: there is none for ${missing.map(nameOf).join(', ')} that counts here`, {
    also: problems.map((message) => ({ message })),
    fix: `Look at it: backlot evidence ${aim.repository.name}@${found.digest}`,
  });
}

/** Releases whose process was killed in the middle are marked, now that nobody else can work on the target, and the tag is what serves. */
async function settleInterrupted(aim: Aim, { signal, tell }: Work): Promise<readonly Release[]> {
  const releases = await readReleases(aim, signal);
  const interrupted = releases.filter(({ state }) => state === 'running');
  for (const release of interrupted) {
    tell({ type: 'message', level: 'warning', text: `The release ${release.release} of ${release.revision.slice(0, 12)} was interrupted: what it left is brought in order by this one` });
    await writeRelease(aim, { ...release, state: 'interrupted', ended: new Date().toISOString() }, signal);
  }
  const settled = interrupted.length === 0 ? releases : await readReleases(aim, signal);
  const serving = currentOf(settled);
  const stored = serving && (await storedImage(aim.repository, serving.digest, signal));
  // It may have been killed before it pointed the tag at what it had released.
  if (stored) await moveTag(aim, stored, signal);
  return settled;
}

async function chosenCandidate(aim: Aim, releases: readonly Release[], to: string | undefined, signal: AbortSignal): Promise<{ readonly candidate: Candidate; readonly release: Release }> {
  const candidates = await findCandidates(aim, releases, signal);
  const candidate = to === undefined ? candidates.find(({ isDefault }) => isDefault) : candidates.find(({ revision, release }) => revision.startsWith(to) || release === to);
  const release = releases.find((one) => one.release === candidate?.release);
  if (!candidate || !release) {
    const known = candidates.map(({ revision }) => revision.slice(0, 12)).join(', ');
    throw new BacklotError('release-unknown', to === undefined ? `There is no earlier good release of ${aim.name} to go back to` : `${aim.name} had no release of ${to}`, { fix: known === '' ? 'Deploy a good revision instead.' : `There were: ${known}. See backlot rollback ${aim.name} --list` });
  }
  if (candidate.available) return { candidate, release };
  throw new BacklotError('release-unknown', `The registry no longer has the image of ${candidate.revision.slice(0, 12)}`, { fix: 'Choose another one: --list shows which are there.' });
}

/** What came after the release that one went back to. */
async function markFaulty(aim: Aim, releases: readonly Release[], { release, digest }: Release, signal: AbortSignal): Promise<void> {
  for (const one of laterThan(releases, release)) if (one.digest !== digest && !one.faulty) await writeRelease(aim, { ...one, faulty: true }, signal);
}
