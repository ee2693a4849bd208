import { BacklotError } from '#contract/errors.ts';
import type { Work } from '#core/work.ts';
import type { Project } from '#features/project/project.ts';
import type { Checkout } from '#ports/git.ts';
import { buildImage, neededRevision, type BuildPorts } from './build-image.ts';
import type { PlannedStage } from './plan-run.ts';
import { APP } from './stage-environment.ts';
import { buildsTheSame, talksToTested, type NamedImage } from './stage-images.ts';

export type RunImages = {
  /** The tested one, where any stage needs it. */
  readonly built: NamedImage | undefined;
  /** Services that are the tested image. */
  readonly services: readonly string[];
  readonly of: (stage: PlannedStage) => NamedImage;
};

type Wanted = { readonly project: Project; readonly revision: Checkout | undefined; readonly stages: readonly PlannedStage[]; /** In the place of the tested image. */ readonly image: string | undefined };

/** The image that is tested, built where it is needed, and those that stages name themselves. */
export async function getRunImages(wanted: Wanted, task: BuildPorts & Work): Promise<RunImages> {
  const { project, revision, stages, image } = wanted;
  // Without a revision Compose builds what its files say, as for every other service.
  const isTested = (file: PlannedStage['file']) => file.services?.includes(APP) === true || ((revision ?? image) !== undefined && talksToTested(project, file));
  const needsBuilt = stages.some(({ file }) => file.image === undefined || isTested(file));
  const built = !needsBuilt ? undefined : image === undefined ? await build(undefined, wanted, task) : await named(image, task);
  const others = new Map<string, NamedImage>();
  for (const { name, file } of stages) {
    if (file.image !== undefined) others.set(name, await named(file.image, task));
    else if (file.target !== undefined && image === undefined) others.set(name, await build(file.target, wanted, task));
  }
  return {
    built,
    services: built ? Object.values(project.services).filter((service) => buildsTheSame(project, service)).map(({ name }) => name) : [],
    of: ({ name }) => {
      const found = others.get(name) ?? built;
      if (!found) throw new BacklotError('config-invalid', `The stage ${name} has no image to run in`, { fix: `Name one with stages.${name}.image, or say with build: how the component's image is built.` });
      return found;
    },
  };
}

async function build(target: string | undefined, { project, revision }: Wanted, task: BuildPorts & Work): Promise<NamedImage> {
  const { image, facts } = await buildImage(project, { revision: neededRevision(revision, project), target, noCache: false }, task);
  return { name: image, facts };
}

async function named(name: string, { engine, signal, tell }: BuildPorts & Work): Promise<NamedImage> {
  const there = await engine.inspectImage(name, signal);
  if (!there) tell({ type: 'message', level: 'info', text: `pulls ${name}` });
  if (!there) await engine.pullImage(name, () => {}, signal);
  const facts = there ?? (await engine.inspectImage(name, signal));
  if (!facts) throw new BacklotError('image-missing', `The engine does not have the image ${name}`, { fix: 'See whether its name is right.' });
  return { name, facts };
}
