import { BacklotError } from '#contract/errors.ts';
import type { Candidate, Release, Released } from '#contract/releases.ts';
import type { Work } from '#core/work.ts';
import { carryOut } from './carry-out.ts';
import { findCandidates } from './candidates.ts';
import { describeStored, stagesMissing, takeAim, type Aim } from './look.ts';
import { storedImage } from './image-facts.ts';
import { nameOf } from './gate.ts';
import { readPromotions, readReleases, writeRelease, type PromotedImage } from './target-records.ts';
import { holdTarget, type ReleasePorts } from './hold-target.ts';
import { currentOf } from './list-targets.ts';

/** Deploys a promoted revision, the latest by default, and watches it. */
export async function deploy(input: { readonly directory: string; readonly target: string; readonly revision?: string | undefined; readonly content?: 'data' | 'code' | undefined; readonly asks?: boolean }, ports: ReleasePorts, work: Work): Promise<Released> {
  const aim = await takeAim(input, ports);
  const promoted = await promotedTo(aim, input.revision, work.signal);
  return holdTarget({ aim, reason: `deploys ${promoted.revision.slice(0, 12)}` }, ports, work, async () => {
    const releases = await settleInterrupted(aim, work);
    return carryOut({ aim, image: promoted, previous: currentOf(releases), kind: 'deploy', deploy: deployOf(aim), content: input.content, reason: promoted.override, asks: input.asks === true }, ports, work);
  });
}

/** Goes back to an earlier release, with that release's own way to deploy; those in between are marked faulty. */
export async function rollback(input: { readonly directory: string; readonly target: string; readonly to?: string | undefined; readonly reason?: string | undefined; readonly asks?: boolean }, ports: ReleasePorts, work: Work): Promise<Released> {
  const aim = await takeAim(input, ports);
  return holdTarget({ aim, reason: 'rolls back' }, ports, work, async () => {
    const releases = await settleInterrupted(aim, work);
    const { candidate, release } = await chosenCandidate(aim, releases, input.to, work.signal);
    if (candidate.dataBetween.length > 0) work.tell({ type: 'message', level: 'warning', text: `Data was changed since then, by ${candidate.dataBetween.map((revision) => revision.slice(0, 12)).join(', ')}: the older program has to cope with that` });
    const current = currentOf(releases);
    const image = { revision: release.revision, digest: release.digest, id: '', who: release.who, time: release.started };
    // Whatever comes of it: what is left for an older release is faulty.
    await markFaulty(aim, releases, release, work.signal);
    return carryOut({ aim, image, previous: current, kind: 'rollback', deploy: (release.deploy as Aim['target']['deploy']) ?? deployOf(aim), reason: input.reason, content: undefined, asks: input.asks === true }, ports, work);
  });
}

function deployOf({ target, name, declared }: Aim): NonNullable<Aim['target']['deploy']> {
  if (target.deploy) return target.deploy;
  throw new BacklotError('config-invalid', `The target ${name} does not say how it is deployed`, { where: { file: declared.file }, fix: 'Write it in backlot.yaml, such as: deploy: { script: { run: [sh, deploy.sh] } }' });
}

/** The promoted image of a revision. Its evidence is looked at again: what lies in a registry may have been changed. */
async function promotedTo(aim: Aim, revision: string | undefined, signal: AbortSignal): Promise<PromotedImage> {
  deployOf(aim);
  const promotions = await readPromotions(aim.repository, aim.name, signal);
  const found = revision === undefined ? promotions[0] : promotions.find((one) => one.revision.startsWith(revision));
  if (!found) throw new BacklotError('gate-refused', revision === undefined ? `Nothing was promoted to ${aim.name} yet` : `${revision} was not promoted to ${aim.name}`, { fix: `Promote it first: backlot promote --target ${aim.name}` });
  const stored = await storedImage(aim.repository, found.digest, signal);
  if (!stored) throw new BacklotError('gate-refused', `The registry no longer has the image ${aim.repository.name}@${found.digest} that was promoted`, { fix: `Promote it again: backlot promote --target ${aim.name}` });
  const { stages, found: evidence } = await describeStored({ name: aim.repository.name, stored }, aim, { localEvidence: async () => Promise.resolve(undefined) }, signal);
  const overridden = evidence.some(({ state, content }) => state === 'trusted' && content?.override?.target === aim.name);
  const missing = stagesMissing(aim.target, stages);
  if (missing.length === 0 || overridden) return found;
  throw new BacklotError('gate-refused', `The evidence beside the promoted image does not hold: there is none for ${missing.map(nameOf).join(', ')} that counts here`, {
    also: evidence.flatMap(({ problem }) => (problem === undefined ? [] : [{ message: problem }])),
    fix: `Look at it: backlot evidence ${aim.repository.name}@${found.digest}`,
  });
}

/** Releases whose process was killed in the middle are marked, now that nobody else can work on the target. */
async function settleInterrupted(aim: Aim, { signal, tell }: Work): Promise<readonly Release[]> {
  const releases = await readReleases(aim.repository, aim.name, signal);
  for (const release of releases.filter(({ state }) => state === 'running')) {
    tell({ type: 'message', level: 'warning', text: `The release ${release.release} of ${release.revision.slice(0, 12)} was interrupted: what it left is brought in order by this one` });
    await writeRelease(aim.repository, { ...release, state: 'interrupted', ended: new Date().toISOString() }, signal);
  }
  return readReleases(aim.repository, aim.name, signal);
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
async function markFaulty({ repository }: Aim, releases: readonly Release[], { started, digest }: Release, signal: AbortSignal): Promise<void> {
  for (const one of releases) if (Date.parse(one.started) > Date.parse(started) && one.digest !== digest && !one.faulty) await writeRelease(repository, { ...one, faulty: true }, signal);
}
