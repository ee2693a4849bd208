import type { Release, RevisionPath } from '#contract/releases.ts';
import type { Commit, Revision } from '#ports/git.ts';
import { repositoryOf } from './declared.ts';
import { nameOf, proofOf } from './gate.ts';
import type { ReleasePorts } from './hold-target.ts';
import { currentOf } from './list-targets.ts';
import { lookForImage, stagesMissing, takeAim, type Aim, type Subject } from './look.ts';
import { orderRevisions, type HeardOf, type TargetRecord } from './revision-order.ts';
import { readPromotions, readReleases } from './target-records.ts';
import { tellInterrupted } from './tell-interrupted.ts';

type Input = { readonly directory: string; readonly target: string; readonly limit: number };

/** Runs that are looked back on. */
const RUNS = 50;

/** The latest revisions that anything is known of, each with how far it is on its way to a target. */
export async function listRevisions({ limit, ...place }: Input, ports: ReleasePorts, signal: AbortSignal): Promise<{ schema: 1; target: string; revisions: RevisionPath[] }> {
  const aim = await takeAim(place, ports);
  const { directory } = aim.declared;
  const [head, runs, records] = await Promise.all([ports.git.revision(directory, signal).catch(() => undefined), ports.recentRuns(directory, RUNS), readRecords(aim, ports, signal)]);
  const order = orderRevisions({ checkedOut: head && { revision: head.sha, time: head.committed }, runs, records }, limit);
  const commits = await ports.git.commits(directory, order.map(({ revision }) => revision), signal).catch(() => []);
  const revisions = await Promise.all(order.map(async (heard) => pathOf({ heard, head, commits, records, subject: await subjectOf(aim, heard, ports, signal) }, aim)));
  return { schema: 1, target: aim.name, revisions };
}

/** What every target of the project has, the one that is asked about first. Others whose registry does not answer are left out. */
async function readRecords({ declared, name, repository, keys }: Aim, ports: ReleasePorts, signal: AbortSignal): Promise<TargetRecord[]> {
  const read = async (target: string, place: Aim['repository']): Promise<TargetRecord> => {
    const at = { repository: place, name: target, declared, keys };
    const [promotions, releases] = await Promise.all([readPromotions(at, signal), tellInterrupted(at, () => readReleases(at, signal), ports, signal)]);
    return { target, promotions, releases };
  };
  const others = Object.entries(declared.targets).filter(([other]) => other !== name);
  const found = await Promise.all(
    others.map(async ([other, target]) => {
      try {
        return await read(other, ports.registry.repository(repositoryOf(declared, target)));
      } catch (error) {
        if (signal.aborted) throw error;
        return undefined;
      }
    }),
  );
  return [await read(name, repository), ...found.flatMap((record) => record ?? [])];
}

/** The image of a revision with its evidence. One that cannot be looked at has none that counts. */
async function subjectOf(aim: Aim, { revision }: HeardOf, ports: ReleasePorts, signal: AbortSignal): Promise<Subject | undefined> {
  try {
    return (await lookForImage(aim, { name: revision }, ports, signal)).subject;
  } catch (error) {
    if (signal.aborted) throw error;
    return undefined;
  }
}

type Parts = { readonly heard: HeardOf; readonly head: Revision | undefined; readonly commits: readonly Commit[]; readonly records: readonly TargetRecord[]; readonly subject: Subject | undefined };

/** One line of the path, of what was read. Pure. */
function pathOf({ heard, head, commits, records, subject }: Parts, { name, target, repository }: Pick<Aim, 'name' | 'target' | 'repository'>): RevisionPath {
  const { revision, time } = heard;
  const commit = commits.find(({ sha }) => sha === revision);
  const here = records.find((record) => record.target === name);
  const promoted = here?.promotions.find((one) => one.revision === revision);
  const released = here?.releases.find((one) => one.revision === revision);
  const checkedOut = head?.sha === revision;
  const digest = subject?.stored?.descriptor.digest;
  const missing = stagesMissing(target, subject?.stages ?? []);
  return {
    revision,
    time,
    checkedOut,
    ...(checkedOut && head.dirty && { dirty: true }),
    ...(commit && { subject: commit.subject, author: commit.author }),
    ...(subject && { image: digest === undefined ? subject.name : `${repository.name}@${digest}` }),
    ...(digest !== undefined && { digest }),
    evidence: (target.requires ?? []).map((requirement) => {
      const proof = proofOf(requirement, subject?.stages ?? []);
      return { requirement: nameOf(requirement), met: !missing.includes(requirement), ...(proof && { proof }) };
    }),
    ...(promoted && { promoted: { who: promoted.who, time: promoted.time, ...(promoted.override !== undefined && { override: promoted.override }) } }),
    ...(released && { released: inShort(released) }),
    serves: records.filter(({ releases }) => currentOf(releases)?.revision === revision).map((record) => record.target),
  };
}

function inShort({ deploy: _, kpi: __, ...release }: Release): NonNullable<RevisionPath['released']> {
  return release;
}
