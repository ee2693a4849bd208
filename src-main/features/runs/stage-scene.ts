import { setTimeout as pause } from 'node:timers/promises';
import { BacklotError } from '#contract/errors.ts';
import { groupBy } from '#core/group-by.ts';
import type { Work } from '#core/work.ts';
import { readGuardLog } from '#features/names/guard-log.ts';
import { guardRules } from '#features/names/guard-rules.ts';
import { MissBook } from '#features/names/miss-book.ts';
import { everyName } from '#features/names/owned-names.ts';
import type { Miss } from '#contract/names.ts';
import { labelFilters, type Environment } from '#features/stack/environment.ts';
import { isOfGuard } from '#features/stack/guard.ts';
import type { Journal } from '#features/stack/journal.ts';
import { applyWithAddresses, withImages, type MakingPorts } from '#features/stack/make-environment.ts';
import { observe, type Situation } from '#features/stack/observe.ts';
import type { StackPlan } from '#features/stack/plan-stack.ts';
import { removeNetworks } from '#features/stack/remove.ts';
import { startGuard } from '#features/stack/start-guard.ts';
import { startServices } from '#features/stack/start-services.ts';
import type { PrepareData } from '#features/stack/up.ts';
import { LABELS, type ContainerEngine, type ContainerSummary } from '#ports/container-engine.ts';
import type { Prober } from '#ports/prober.ts';
import type { EnvironmentRecord, StateStore } from '#ports/state-store.ts';
import { HELD_ROLE, STAGE_SERVICE } from './stage-environment.ts';
import { suiteImages } from './suite-engine.ts';

export type ScenePorts = MakingPorts & { readonly prober: Prober };

/** What was made for a stage: nothing of it runs yet but the guard. */
export type Scene = {
  readonly environment: Environment;
  readonly containers: readonly ContainerSummary[];
  /** The stage's own. */
  readonly stage: string;
  /** Starts what the stage talks to, each for at most so many seconds, and answers why it is not ready, where it is not. */
  readonly start: (timeout: number) => Promise<string | undefined>;
  /** Removes it without looking for it, where everything of it is known. */
  readonly remove?: () => Promise<void>;
  /** Where its services are those of other stages too. */
  readonly shared?: SharedScene;
};

type SharedScene = {
  readonly with: readonly string[];
  /** What a container has logged until then is of others. */
  readonly since: (container: string) => string | undefined;
  /** Called when the stage's own container runs: what is asked for from its address is its own from then on. */
  readonly joined: () => Promise<void>;
  /** Called when it has ended, with the engine's time of that. */
  readonly left: (time: number) => void;
  /** Whether another stage had the address at that time. */
  readonly isOthers: (address: string, time: number) => boolean;
};

/** The services of a scene. */
export type Made = { readonly situation: Situation; readonly plan: StackPlan; readonly containers: readonly ContainerSummary[]; readonly entry: Journal };

const EVERYTHING = { services: [], build: false } as const;

/** Has the images of a stage's environment on the engine. */
export async function getSceneImages(environment: Environment, task: ScenePorts & Work): Promise<Situation> {
  return withImages(await observe(environment, EVERYTHING, task, task.signal), EVERYTHING, task);
}

/** The same, with its own copy of a fixture in its data services, where one is asked for. */
export async function getReadyScene(environment: Environment, fixture: string | undefined, task: ScenePorts & { readonly prepareData?: PrepareData } & Work): Promise<Situation> {
  const situation = await getSceneImages(environment, task);
  if (fixture === undefined || !task.prepareData) return situation;
  await task.prepareData(environment, { services: [], fixture }, task);
  return getSceneImages(environment, task);
}

/** Makes the network and the containers of an environment of a run. */
export async function makeContainers(first: Situation, task: ScenePorts & Work): Promise<Made> {
  const { environment } = first.desired;
  const entry = memoryJournal(environment);
  const { stackPlan: plan, situation } = await applyWithAddresses(first, entry, EVERYTHING, task);
  return { situation, plan, entry, containers: await task.engine.listContainers(labelFilters(environment), task.signal) };
}

/** Makes the network and the containers of a stage. */
export async function makeScene(first: Situation, task: ScenePorts & Work): Promise<Scene> {
  const { environment } = first.desired;
  const made = await makeContainers(first, task);
  const { containers } = made;
  const stage = containers.find(({ labels }) => labels[LABELS.service] === STAGE_SERVICE)?.id;
  if (stage === undefined) throw new BacklotError('compose-failed', 'Compose did not make the container of the stage', { fix: 'Run it again with --verbose.' });
  return { environment, containers, stage, start: (timeout) => startScene(made, timeout, task) };
}

/** Starts the services of a stage and answers why they are not ready, where they are not. */
export async function startScene({ situation, plan, containers, entry }: Made, timeout: number, task: ScenePorts & Work): Promise<string | undefined> {
  const services = situation.desired.environment.set.services.filter((name) => name !== STAGE_SERVICE);
  if (services.length === 0) {
    await startGuard(plan.guard, containers, task);
    return undefined;
  }
  const outcomes = await startServices(plan, { ...situation, desired: { ...situation.desired, services } }, { entry, timeout }, task);
  const failed = [...outcomes].flatMap(([service, outcome]) => (outcome.state === 'failed' ? [`${service}: ${outcome.why}`] : []));
  return failed.length > 0 ? failed.join('; ') : undefined;
}

/** Services that ended, or were started again, while the stage ran. */
export async function whatFell({ containers, environment }: Scene, engine: ContainerEngine, signal: AbortSignal): Promise<string[]> {
  const now = await Promise.all(containers.filter(({ labels }) => labels[LABELS.service] !== undefined && labels[LABELS.service] !== STAGE_SERVICE).map(({ id }) => engine.inspectContainer(id, signal)));
  const awaited = new Set(Object.values(environment.project.services).flatMap(({ dependsOn }) => dependsOn.filter(({ condition }) => condition === 'completed').map(({ service }) => service)));
  return now.flatMap((container) => {
    const service = container?.labels[LABELS.service] ?? '';
    if (!container || awaited.has(service)) return [];
    if (container.restarts > 0) return [`${service} was started again ${container.restarts === 1 ? 'once' : `${container.restarts} times`}`];
    return container.state === 'exited' && container.exitCode !== 0 ? [`${service} ended with ${container.exitCode}${container.outOfMemory ? ', out of memory' : ''}`] : [];
  });
}

/** No name of a service or stage. */
const OTHERS = '+';

/** Production names that were asked for in vain, and by whom. */
export async function missesIn({ containers, environment, shared }: Scene, stage: string, engine: ContainerEngine, signal: AbortSignal): Promise<Miss[]> {
  const guard = containers.find(isOfGuard);
  if (!guard) return [];
  const rules = guardRules(environment.project);
  const book = new MissBook({ guard: rules, owned: everyName(environment) });
  for await (const { line, time } of readGuardLog({ guard: guard.id, suffixes: rules.suffixes, since: shared?.since(guard.id) }, engine, signal)) book.add(line, time);
  const callers = await Promise.all(containers.map(({ id }) => engine.inspectContainer(id, signal)));
  const nameOf = (service: string | undefined) => (service === STAGE_SERVICE || service === 'backlot-shared' ? stage : service);
  const named = new Map(callers.flatMap((container) => (container?.networks ?? []).map(({ address }) => [address, nameOf(container?.labels[LABELS.service])] as const)));
  const misses = book.misses(stage, (address, time) => named.get(address) ?? (shared?.isOthers(address, time) === true ? OTHERS : stage));
  return misses.filter(({ caller }) => caller !== OTHERS);
}

const PATIENCE = 60_000;
const BETWEEN = 1_000;
const LOOK_AGAIN = 100;

/** Whose things are removed: those of a run, or of one of its stages. */
export type SceneOwner = { readonly run: string; readonly stage?: string };

export function ownerOf({ run }: Environment): SceneOwner {
  if (!run) throw new Error('an environment of no run');
  return { run: run.id, stage: run.stage };
}

/** Removes everything of a run or a stage, data too. Keeps on where the engine is away for a while. */
export async function removeScene(owner: SceneOwner, known: { readonly store: StateStore; readonly composeProject?: string; readonly directory?: string }, task: { readonly engine: ContainerEngine } & Pick<Work, 'tell' | 'id'>): Promise<void> {
  const signal = AbortSignal.timeout(PATIENCE);
  for (;;) {
    try {
      await removeOnce(owner, { ...task, signal });
      break;
    } catch (error) {
      if (signal.aborted || !(error instanceof BacklotError) || !error.code.startsWith('engine-')) throw error;
      await pause(BETWEEN);
    }
  }
  if (known.composeProject !== undefined && known.directory !== undefined) await known.store.removeEnvironment(known.composeProject, known.directory);
}

/** Warns of what could not be removed; another error goes on. */
export function tellLeft(what: string, { tell }: Pick<Work, 'tell'>): (error: unknown) => void {
  return (error) => {
    if (!(error instanceof BacklotError)) throw error;
    tell({ type: 'message', level: 'warning', text: `What ${what} could not all be removed: ${error.message}`, fix: 'backlot clean removes the rest.' });
  };
}

async function removeOnce({ run, stage }: SceneOwner, task: { readonly engine: ContainerEngine } & Work): Promise<void> {
  const { engine, signal } = task;
  const filters = [`${LABELS.run}=${run}`, ...(stage === undefined ? [] : [`${LABELS.stage}=${stage}`])];
  // What was asked for just before can still come into being: over is what two looks in a row find nothing of.
  for (let quiet = 0; quiet < 2; ) {
    const left = await engine.listContainers(filters, signal);
    await Promise.all(left.map(({ id }) => engine.removeContainer(id, signal, { withData: true })));
    quiet = left.length === 0 ? quiet + 1 : 0;
    if (quiet === 1) await pause(LOOK_AGAIN, undefined, { signal });
  }
  const [networks, volumes, held, made] = await Promise.all([engine.listNetworks(filters, signal), engine.listVolumes(filters, signal), engine.listImages([...filters, `${LABELS.role}=${HELD_ROLE}`], signal), suiteImages({ run, stage }, engine, signal)]);
  await Promise.all([removeNetworks(networks, task), ...volumes.map(({ name }) => engine.removeVolume(name, signal)), ...[...held, ...made.map(({ id }) => id)].map((id) => engine.removeImage(id, signal))]);
}

/** A run is over before anybody would look up how it began. */
function memoryJournal({ project, set }: Environment): Journal {
  let record: EnvironmentRecord = { project: project.name, directory: project.directory, set: set.name, composeProject: set.composeProject, services: {}, ports: {}, ready: {} };
  return {
    get record() {
      return record;
    },
    async begin() {},
    leave() {},
    async update(changes) {
      record = { ...record, ...changes };
    },
  };
}

/** The containers of a scene whose logs are kept, by service. */
export function loggedContainers(containers: readonly ContainerSummary[]): { readonly id: string; readonly service: string }[] {
  return [...groupBy(containers, ({ labels }) => labels[LABELS.service])].flatMap(([service, own]) => (service === undefined || service === STAGE_SERVICE ? [] : own.map(({ id }, index) => ({ id, service: own.length > 1 ? `${service}-${index + 1}` : service }))));
}
