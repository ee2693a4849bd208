import { createHash } from 'node:crypto';
import type { StageInputs } from '#contract/runs.ts';
import type { Project } from '#features/project/project.ts';
import { stableJson } from '#features/project/stable-json.ts';
import type { PlannedStage } from './plan-run.ts';
import type { StageEnvironment } from './stage-environment.ts';
import type { StageOrder } from './stage-order.ts';

/** What differs in every run and so is no input. */
const NO_INPUTS = new Set(['BACKLOT_RUN']);

/** What differs with every revision: where the stage says which files its outcome depends on, those count in its place. */
const OF_REVISION = 'BACKLOT_REVISION';

export type InputParts = Omit<StageInputs, 'hash' | 'environment'> & { readonly variables: Readonly<Record<string, string>>; /** Its image is made of the revision. */ readonly isBuilt?: boolean };

/** The inputs of a stage with their hash. Values of variables are told by their hashes only. Pure. */
export function inputsOf({ variables, engine, isBuilt = false, ...parts }: InputParts): StageInputs {
  const environment = Object.fromEntries(
    Object.entries(variables)
      .filter(([name]) => !NO_INPUTS.has(name))
      .sort(([one], [other]) => (one < other ? -1 : 1))
      .map(([name, value]) => [name, hash(`${name}=${value}`).slice(0, 16)]),
  );
  const services = Object.fromEntries(Object.entries(parts.services).sort(([one], [other]) => (one < other ? -1 : 1)));
  const { image: _name, digest, ...decisive } = parts;
  const image = parts.files !== undefined && isBuilt ? {} : { digest };
  const { [OF_REVISION]: _revision, ...others } = environment;
  const counting = parts.files === undefined ? environment : others;
  return { ...parts, environment, services, hash: hash(JSON.stringify({ ...decisive, ...image, environment: counting, services })), ...(engine !== undefined && { engine }) };
}

/** The inputs of a stage as it is to be run. Pure. */
export function inputsOfStage({ command, variables, environment }: StageEnvironment, { image, planned, files, mounted, fixture, isBuilt }: StageOrder, known: Pick<InputParts, 'services' | 'backlot' | 'engine'>): StageInputs {
  const { browser, browserImage, network = 'own' } = planned.file;
  return inputsOf({
    ...known,
    isBuilt,
    declared: declaredOf(environment.project, planned, isBuilt && files !== undefined),
    ...(files !== undefined && { files }),
    ...(mounted && 'digest' in mounted && { mounted: mounted.digest }),
    image: image.name,
    digest: image.facts.id,
    command: [...command],
    variables,
    network,
    ...(fixture !== undefined && { fixture }),
    ...(browser !== undefined && { browser: browserImage === undefined ? browser : `${browser} of ${browserImage}` }),
  });
}

/** What is no input of a stage, or counts by what becomes of it. */
const NOT_DECLARED: ReadonlySet<string> = new Set(['run', 'needs', 'image', 'environment', 'artifacts', 'inputs', 'cache']);

/** A hash of what else decides: the rest of the stage's declaration, its services' own, and, where its files count in the place of its image, how that is built. Pure. */
export function declaredOf({ name, build, services }: Pick<Project, 'name' | 'build' | 'services'>, { file }: Pick<PlannedStage, 'file'>, isByFiles: boolean): string {
  const stage = Object.entries(file).filter(([key]) => !NOT_DECLARED.has(key));
  // Images count by their digests, and folders that they are built from by those as well.
  const own = Object.values(services).filter((service) => !service.name.startsWith('backlot-'));
  const definitions = own.map((service) => [service.name, Object.entries(service.resolved).filter(([key]) => key !== 'image' && key !== 'build')] as const);
  return hash(stableJson({ name, stage: Object.fromEntries(stage), services: Object.fromEntries(definitions.map(([service, entries]) => [service, Object.fromEntries(entries)])), build: isByFiles ? (build ?? null) : null }));
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
