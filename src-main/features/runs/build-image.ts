import { BacklotError } from '#contract/errors.ts';
import type { BuildResult } from '#contract/runs.ts';
import type { Work } from '#core/work.ts';
import type { LoadWithoutServices } from '#features/project/load-without-services.ts';
import type { LoadProject, Project } from '#features/project/project.ts';
import { LABELS, type ContainerEngine, type ImageFacts } from '#ports/container-engine.ts';
import type { Checkout, Git } from '#ports/git.ts';
import type { BuildOrder, ImageBuilder } from '#ports/image-builder.ts';
import type { ProjectFiles } from '#ports/project-files.ts';
import type { StateStore } from '#ports/state-store.ts';
import { annotations, imageOrder, unbuiltPlatforms } from './image-order.ts';

export type BuildPorts = {
  readonly engine: ContainerEngine;
  readonly git: Git;
  readonly builder: ImageBuilder;
  readonly files: ProjectFiles;
  readonly store: StateStore;
  readonly loadProject: LoadProject;
  readonly loadWithoutServices: LoadWithoutServices;
};

/** Builds the component's image of the revision that is checked out. */
export async function build(input: { readonly directory: string; readonly noCache: boolean }, ports: BuildPorts, work: Work): Promise<BuildResult> {
  const began = performance.now();
  const connecting = ports.engine.connect(work.signal);
  connecting.catch(() => {});
  const [project, revision] = await Promise.all([load(input.directory, ports, work.signal), ports.git.checkout(input.directory, work.signal)]);
  await connecting;
  const { image, facts, cached } = await buildImage(project, { revision: neededRevision(revision, project), noCache: input.noCache }, { ...ports, ...work });
  return { image, digest: facts.id, revision: facts.labels['org.opencontainers.image.revision'] ?? '', dirty: revision?.dirty ?? false, cached, seconds: Math.round(performance.now() - began) / 1000 };
}

/** What the image is made of stands in `backlot.yaml`. */
async function load(directory: string, { loadProject, loadWithoutServices }: BuildPorts, signal: AbortSignal): Promise<Project> {
  return (await loadWithoutServices(directory, ({ build }) => build !== undefined)) ?? loadProject(directory, signal);
}

export type BuiltImage = { readonly image: string; readonly facts: ImageFacts; readonly cached: boolean };

/** The image of a revision, built where the engine does not have it yet. One after the other: one revision has one image. */
export async function buildImage(
  project: Project,
  wish: { readonly revision: Checkout; readonly target?: string | undefined; readonly noCache: boolean },
  task: BuildPorts & Work,
): Promise<BuiltImage> {
  const { engine, store, signal, tell } = task;
  const own = engine.state.engine;
  const order = imageOrder(project, { ...wish, ...(own && { platform: `${own.os}/${own.architecture}` }) });
  if (wish.revision.dirty) tell({ type: 'message', level: 'info', text: `The checkout differs from its commit in ${wish.revision.changes} ${wish.revision.changes === 1 ? 'file' : 'files'}: the image is marked ${wish.revision.name}` });
  const key = { composeProject: `build-${order.image}`, directory: project.directory, method: 'runs.build' };
  const there = order.noCache ? undefined : await knownImage(order, task);
  if (there) return there;
  const onWait = (owner: { pid: number; shell: string }) => tell({ type: 'message', level: 'info', text: `waits for ${owner.shell} (process ${owner.pid}), which builds the same image` });
  return store.withLock(key, onWait, async () => {
    const before = order.noCache ? undefined : await knownImage(order, task);
    if (before) return before;
    const unbuilt = unbuiltPlatforms(project, order);
    if (unbuilt !== undefined) tell({ type: 'message', level: 'warning', text: unbuilt });
    const described = annotations(await task.git.describe(project.directory, wish.revision, signal));
    const cached = await carryOut({ ...order, labels: { ...described, ...order.labels } }, task);
    const facts = await engine.inspectImage(order.image, signal);
    if (!facts) throw new BacklotError('build-failed', `${order.image} was built, and the engine does not have it`, { fix: 'Use a builder that loads into the engine: docker buildx use default' });
    return { image: order.image, facts, cached };
  }, signal);
}

/** The image, where the engine has it already. */
async function knownImage({ image, labels }: BuildOrder, { engine, signal, tell }: BuildPorts & Work): Promise<BuiltImage | undefined> {
  const facts = await engine.inspectImage(image, signal);
  if (!facts || facts.labels[LABELS.spec] !== labels[LABELS.spec]) return undefined;
  tell({ type: 'build', image, step: '0', name: 'the engine has the image of this revision', state: 'cached' });
  return { image, facts, cached: true };
}

async function carryOut(order: BuildOrder, { builder, files, signal, tell }: BuildPorts & Work): Promise<boolean> {
  if ((await files.realDirectory(order.context)) === undefined) throw missing('folder', order.context, 'build.context');
  if (!(await files.exists(order.dockerfile))) throw missing('file', order.dockerfile, 'build.dockerfile');
  let worked = false;
  await builder.build(
    order,
    (step) => {
      // The base image and the export are there in every build.
      if (step.state === 'done' && /\d+\/\d+\] (?!FROM)/.test(step.name)) worked = true;
      tell({ type: 'build', image: order.image, ...step });
    },
    signal,
  );
  return !worked;
}

export function neededRevision(revision: Checkout | undefined, { directory }: Project): Checkout {
  if (revision) return revision;
  throw new BacklotError('revision-missing', `${directory} is in no git repository, so there is no revision to name its image after`, { fix: 'Make it one and commit: git init, git add, git commit. Or run the stages in an image that you name: backlot run --image REF.' });
}

function missing(what: string, at: string, key: string): BacklotError {
  return new BacklotError('config-invalid', `There is no ${what} ${at} to build from`, { where: { file: at }, fix: `Say in backlot.yaml at ${key} where it is.` });
}
