import type { Project } from '#features/project/project.ts';
import type { StageFile } from '#features/project/schema/stage-schema.ts';
import type { ContainerEngine, ImageFacts } from '#ports/container-engine.ts';
import { browserService } from './browser.ts';
import type { PlannedStage } from './plan-run.ts';
import { APP, servicesOfStage } from './stage-environment.ts';

export type NamedImage = { readonly name: string; readonly facts: ImageFacts };

/** The image that is tested, and the services of the project that build the same. */
export type TestedImage = NamedImage & { readonly services: readonly string[] };

export type ServiceImages = {
  /** Ports that the images say they listen on, by service. */
  readonly exposed: Readonly<Record<string, readonly string[]>>;
  /** Empty where the engine does not have the image. */
  readonly digests: Readonly<Record<string, string>>;
  readonly isComplete: boolean;
};

type Order = { readonly project: Project; readonly planned: PlannedStage; readonly app: TestedImage | undefined };

/** What the engine knows of the images of a stage's services. */
export async function serviceImages({ project: given, planned, app }: Order, engine: ContainerEngine, signal: AbortSignal): Promise<ServiceImages> {
  const { project, services } = servicesOfStage(given, planned.file);
  const isTested = (name: string) => name === APP || app?.services.includes(name) === true;
  const imageOf = (name: string) => (isTested(name) ? app?.name : project.services[name]?.image) ?? '';
  const browser = planned.file.browser && browserService({ browser: planned.file.browser, browserImage: planned.file.browserImage }, services);
  const asked = [...services.map((name) => [name, imageOf(name)] as const), ...(browser ? [[browser.name, browser.image] as const] : [])];
  const facts = await Promise.all(asked.map(async ([name, image]) => [name, await engine.inspectImage(image, signal)] as const));
  return {
    exposed: Object.fromEntries(facts.map(([name, image]) => [name, image?.exposedPorts ?? []])),
    digests: Object.fromEntries(facts.map(([name, image]) => [name, image?.id ?? ''])),
    isComplete: facts.every(([, image]) => image !== undefined),
  };
}

/** Whether a stage talks to the tested image, as `app` or as a Compose service that is built the same. Pure. */
export function talksToTested(project: Project, file: StageFile): boolean {
  return servicesOfStage(project, file).services.some((name) => {
    const service = project.services[name];
    return name === APP || (service !== undefined && buildsTheSame(project, service));
  });
}

/** A Compose service that is built from the component's own Dockerfile is the tested image. */
export function buildsTheSame({ build, directory }: Project, { resolved, component }: Project['services'][string]): boolean {
  const own = resolved.build as { readonly context?: string; readonly dockerfile?: string; readonly target?: string } | null | undefined;
  if (!own || !build || component !== undefined) return false;
  const context = build.context ?? '.';
  const wanted = context.startsWith('/') ? context : `${directory}/${context}`.replace(/\/(\.\/?)?$/, '');
  return own.context?.replace(/\/$/, '') === wanted && (own.dockerfile ?? 'Dockerfile') === (build.dockerfile ?? 'Dockerfile') && own.target === build.target;
}
