import { setTimeout as pause } from 'node:timers/promises';
import type { Work } from '#core/work.ts';
import type { Compose, ComposeModel } from '#ports/compose.ts';
import { LABELS, type ContainerEngine } from '#ports/container-engine.ts';
import type { StateStore } from '#ports/state-store.ts';
import type { NetworkPlan } from './decide-networks.ts';
import { labelFilters } from './environment.ts';
import { explainCreation } from './explain-creation.ts';
import { generateModel } from './generate-model.ts';
import { isOfGuard } from './guard.ts';
import type { Journal } from './journal.ts';
import { wholeName } from './leftovers.ts';
import type { Situation } from './observe.ts';
import type { ServiceStep, StackPlan } from './plan-stack.ts';
import { discardContainer, removeContainers, removeLabelledNetworks } from './remove.ts';
import { startOnceMade } from './start-guard.ts';
import { whileEngineAnswers } from './while-engine-answers.ts';

type ApplyingPorts = { readonly engine: ContainerEngine; readonly compose: Compose; readonly store: StateStore };

/** Milliseconds between two looks. */
const LOOK_AGAIN = 100;

/** Removes what is no longer wanted and has Compose make what is missing. Starts nothing. When cancelled, takes away what it made. */
export async function applyPlan(plan: StackPlan, situation: Situation, entry: Journal, task: ApplyingPorts & Work): Promise<void> {
  const acting = plan.steps.filter((step) => step.action !== 'keep');
  const { leftovers } = plan;
  const { remake } = situation.desired.networks;
  const guard = plan.guard.filter(({ action }) => action !== 'keep' && action !== 'start');
  if (acting.length + leftovers.remove.length + leftovers.rename.length + remake.length + guard.length === 0) return;
  await entry.begin();
  await Promise.all(leftovers.remove.map((container) => discardContainer(container, task)));
  await Promise.all(leftovers.rename.map((container) => task.engine.renameContainer(container.id, wholeName(container.name), task.signal)));
  const removed = acting.filter((step) => step.action === 'remove');
  await removeContainers(removed.flatMap((step) => step.containers), task);
  await Promise.all(guard.flatMap((step) => step.containers).map(({ id }) => task.engine.removeContainer(id, task.signal)));
  if (remake.length > 0) await removeRemade(remake, situation, task);
  await stopContainers(acting.filter((step) => step.restart), task);
  await createServices(
    acting.filter((step) => step.action === 'create' || step.action === 'recreate'),
    guard.filter(({ action }) => action !== 'remove').map(({ part }) => part),
    situation,
    task,
  );
  await entry.update({
    services: Object.fromEntries(Object.entries(situation.desired.specs).map(([name, spec]) => [name, spec.text])),
    standIns: situation.desired.environment.set.standIns,
    ports: Object.fromEntries(situation.desired.environment.set.services.map((name) => [name, situation.desired.ports.filter((port) => port.service === name)])),
  });
}

async function stopContainers(steps: readonly ServiceStep[], { engine, signal, tell }: ApplyingPorts & Work): Promise<void> {
  for (const { service, why } of steps) tell({ type: 'service', service, state: 'stopping', why });
  await Promise.all(steps.flatMap((step) => step.containers).map((container) => engine.stopContainer(container.id, undefined, signal)));
}

/** Removes networks whose addresses change, with what is on them: a container keeps the network that it was made with. */
async function removeRemade(remake: NetworkPlan['remake'], { observed }: Situation, task: ApplyingPorts & Work): Promise<void> {
  const names = new Set(remake.map(({ name }) => name));
  await removeContainers(observed.containers.filter((container) => !isOfGuard(container) && container.networks.some(({ name }) => names.has(name))), task);
  await Promise.all(remake.map(({ id }) => task.engine.removeNetwork(id, task.signal)));
}

async function createServices(steps: readonly ServiceStep[], helpers: readonly string[], situation: Situation, task: ApplyingPorts & Work): Promise<void> {
  if (steps.length + helpers.length === 0) return;
  for (const { service, why } of steps) task.tell({ type: 'service', service, state: 'creating', why });
  const model = await writeModel(situation, task);
  const early = helpers.length > 0 ? startOnceMade(situation.desired.environment, task) : undefined;
  try {
    await whileEngineAnswers(task.engine, task.signal, (signal) => task.compose.create(model, [...helpers, ...steps.map((step) => step.service)], signal));
  } catch (error) {
    throw explainCreation(error, situation.desired.environment.project.model, steps.map((step) => step.service));
  } finally {
    early?.end();
  }
}

/** Writes the model that Compose creates from, and says where it is. */
export async function writeModel({ desired }: Situation, { store }: { readonly store: StateStore }): Promise<ComposeModel> {
  const { project, set } = desired.environment;
  const text = generateModel(desired.environment, { ...desired, networks: desired.networks.networks, guard: desired.guard.parts });
  return { project: set.composeProject, directory: project.directory, file: await store.writeModel(set.composeProject, project.directory, text) };
}

/** Takes away what this work made and stops what it started, so that a cancelled `up` leaves what was there before. */
export async function undo({ desired, observed }: Situation, task: { readonly engine: ContainerEngine } & Work): Promise<void> {
  const labels = labelFilters(desired.environment);
  const before = new Map(observed.containers.map((container) => [container.id, container]));
  const look = async () => {
    const now = await task.engine.listContainers(labels, task.signal);
    const recreated = new Set(observed.containers.filter((container) => !now.some((other) => other.id === container.id)).map((container) => container.labels[LABELS.service]));
    return { now, made: now.filter((container) => !before.has(container.id) && !recreated.has(container.labels[LABELS.service])) };
  };
  const first = await look();
  const started = first.now.filter((container) => container.state === 'running' && (before.get(container.id)?.state ?? 'running') !== 'running');
  // What Compose had asked for when it was ended can still come into being: over is what two looks in a row find nothing of.
  const removeMade = async () => {
    let latest = first;
    for (let quiet = 0; quiet < 2; quiet = latest.made.length === 0 ? quiet + 1 : 0) {
      await removeContainers(latest.made, task, 1);
      if (latest.made.length === 0) await pause(LOOK_AGAIN);
      latest = await look();
    }
    return latest.now;
  };
  const [left] = await Promise.all([removeMade(), ...started.map((container) => task.engine.stopContainer(container.id, undefined, task.signal))]);
  if (left.length === 0) await removeLabelledNetworks(labels, task);
}
