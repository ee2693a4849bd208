import { BacklotError } from '#contract/errors.ts';
import type { StageProof } from '#contract/releases.ts';
import type { LoadProject } from '#features/project/project.ts';
import type { ContainerEngine } from '#ports/container-engine.ts';
import type { Checkout, Git } from '#ports/git.ts';
import type { ImageRegistry, Repository } from '#ports/image-registry.ts';
import { readDeclared, repositoryOf, targetOf, type Declared, type DeclaredPorts, type TargetFile } from './declared.ts';
import { evidenceKeys, readingKeys, type EvidenceKeys, type KeyPorts, type ReadingKeys } from './evidence/evidence-keys.ts';
import { findEvidence, type Found } from './evidence/find-evidence.ts';
import type { LocalEvidence, ReadLocalEvidence } from './evidence/local-evidence.ts';
import { latestWords, proofOf } from './gate.ts';
import { describeImage, type StoredImage } from './image-facts.ts';

export type LookPorts = DeclaredPorts &
  KeyPorts & {
    readonly engine: ContainerEngine;
    readonly git: Git;
    readonly registry: ImageRegistry;
    readonly loadProject: LoadProject;
    readonly localEvidence: ReadLocalEvidence;
    /** User and machine, as others are told of them. */
    readonly who: string;
  };

/** Where something is to go. */
export type Aim = { readonly declared: Declared; readonly name: string; readonly target: TargetFile; readonly repository: Repository; readonly keys: EvidenceKeys };

export async function takeAim({ directory, target: wanted }: { readonly directory: string; readonly target?: string | undefined }, ports: LookPorts): Promise<Aim> {
  const declared = await readDeclared(directory, ports);
  const { name, target } = targetOf(declared, wanted);
  return { declared, name, target, repository: ports.registry.repository(repositoryOf(declared, target)), keys: await evidenceKeys(declared, ports) };
}

/** The same for those who only look: they need not have the project's private key. */
export async function lookAt({ directory, target: wanted }: { readonly directory: string; readonly target?: string | undefined }, ports: DeclaredPorts & KeyPorts & Pick<LookPorts, 'registry'>): Promise<Omit<Aim, 'keys'> & { readonly keys: ReadingKeys }> {
  const declared = await readDeclared(directory, ports);
  const { name, target } = targetOf(declared, wanted);
  return { declared, name, target, repository: ports.registry.repository(repositoryOf(declared, target)), keys: await readingKeys(declared, ports) };
}

/** An image that may be promoted, with what is known to have passed on it. */
export type Subject = {
  /** Its name on this engine. */
  readonly name: string;
  /** The engine's id of it. */
  readonly id: string;
  readonly platforms: readonly string[];
  /** The registry's, where it has it. */
  readonly stored?: StoredImage;
  readonly local?: LocalEvidence;
  readonly found: readonly Found[];
  /** Of evidence that counts, the latest word on each. */
  readonly stages: readonly StageProof[];
  readonly problems: readonly string[];
};

export type StoredSubject = Subject & { readonly stored: StoredImage };

export type Sight = { readonly subject?: Subject; /** Another image that the registry has by the revision's tag. */ readonly taken?: string };

/** Looks for the image of a revision, here and in the target's registry, and for its evidence. */
export async function lookForImage(aim: Aim, revision: Pick<Checkout, 'name'>, ports: LookPorts, signal: AbortSignal): Promise<Sight> {
  const name = `${await imageName(aim.declared, ports, signal)}:${revision.name}`;
  const [here, there] = await Promise.all([imageHere(name, ports, signal), lookInRegistry({ name, reference: revision.name, revision: revision.name }, aim, ports, signal)]);
  if (!here) return there ? { subject: there } : {};
  if (there?.stored.ids.includes(here.id) === true) return { subject: { ...there, id: here.id } };
  // Somebody else built the same revision: theirs is taken where everything passed on it.
  if (there && stagesMissing(aim.target, there.stages).length === 0) return { subject: there };
  const local = await ports.localEvidence(here.id);
  const own = countLocal(local, revision.name);
  return { subject: { name, id: here.id, platforms: [here.platform], found: [], ...own, stages: latestWords(own.stages), ...(local && { local }) }, ...(there && { taken: there.stored.descriptor.digest }) };
}

/** The name of a project's image without its tag. */
export async function imageName({ build, name, directory, file }: Declared, { loadProject }: Pick<LookPorts, 'loadProject'>, signal: AbortSignal): Promise<string> {
  if (build?.image !== undefined) return build.image;
  if (!build) throw new BacklotError('config-invalid', 'The project does not say how its image is built', { where: { file }, fix: 'Write in backlot.yaml, such as: build: { context: ., dockerfile: Dockerfile, image: shop }' });
  return (await loadProject(directory, signal).catch(() => undefined))?.name ?? name;
}

/** What is known of an image that a registry has by a tag or digest; nothing where it has none. Its configuration and its evidence are read side by side. */
export async function lookInRegistry(
  { name, reference, revision }: { readonly name: string; readonly reference: string; readonly revision?: string },
  { repository, keys }: { readonly repository: Repository; readonly keys: ReadingKeys },
  { localEvidence }: Pick<LookPorts, 'localEvidence'>,
  signal: AbortSignal,
): Promise<StoredSubject | undefined> {
  const manifest = await repository.readManifest(reference, signal);
  if (!manifest) return undefined;
  const [stored, found] = await Promise.all([describeImage(repository, manifest, signal), findEvidence(repository, manifest.descriptor, keys, signal)]);
  const locals = await Promise.all(stored.ids.map(localEvidence));
  const local = locals.find((one) => one !== undefined);
  const own = countLocal(local, revision);
  const trusted = found.filter(({ state, content }) => state === 'trusted' && isOf(content?.revision, revision));
  const stages = latestWords([...own.stages, ...trusted.flatMap((one) => one.stages)]);
  const problems = [...own.problems, ...found.flatMap(({ problem }) => problem ?? []), ...found.flatMap(({ state, content }) => (state === 'trusted' && !isOf(content?.revision, revision) ? [ofAnother(content?.revision)] : []))];
  return { name, id: stored.ids[0] ?? stored.descriptor.digest, platforms: stored.platforms, stored, found, stages, problems, ...(local && { local }) };
}

/** The required stages that nothing shows to have passed. */
export function stagesMissing({ requires = [] }: Pick<TargetFile, 'requires'>, stages: readonly StageProof[]): NonNullable<TargetFile['requires']> {
  return requires.filter((requirement) => proofOf(requirement, stages) === undefined);
}

/** Whether evidence is of the revision that is asked for. What does not say of which it is, is of none. */
const isOf = (said: string | undefined, revision: string | undefined) => revision === undefined || said === revision;
const ofAnother = (said: string | undefined) => (said === undefined ? 'it does not say of which revision it is' : `it is of revision ${said}`);

function countLocal(local: LocalEvidence | undefined, revision: string | undefined): Pick<Subject, 'stages' | 'problems'> {
  if (!local) return { stages: [], problems: [] };
  return isOf(local.revision, revision) ? { stages: local.stages, problems: [] } : { stages: [], problems: [ofAnother(local.revision)] };
}

/** An engine that does not answer has no image: the registry may. */
async function imageHere(name: string, { engine }: LookPorts, signal: AbortSignal): Promise<{ readonly id: string; readonly platform: string } | undefined> {
  try {
    await engine.connect(signal);
  } catch (error) {
    if (signal.aborted || !(error instanceof BacklotError) || !error.code.startsWith('engine-')) throw error;
    return undefined;
  }
  return engine.inspectImage(name, signal);
}
