import { BacklotError } from '#contract/errors.ts';
import type { Plan, UpResult } from '#contract/stack.ts';
import type { Work } from '#core/work.ts';
import { withHostNames, type PublishPorts } from '#features/names/host-names-publish.ts';
import { parseSubnet, type Subnet } from '#features/names/cidr.ts';
import type { LoadProject } from '#features/project/project.ts';
import type { Compose } from '#ports/compose.ts';
import type { Prober } from '#ports/prober.ts';
import { assertServices, environmentOf, type Environment } from './environment.ts';
import type { PublishedPort } from './decide-ports.ts';
import { getImages } from './get-images.ts';
import { GUARD_IMAGE } from './guard.ts';
import { journal, type Journal } from './journal.ts';
import { observe, sameAddress, type ObservingPorts, type Situation } from './observe.ts';
import { describePlan, planStack, type StackPlan } from './plan-stack.ts';
import { applyPlan, undo, writeModel } from './apply-plan.ts';
import { replicasOf } from './relations.ts';
import type { Outcome } from './start-graph.ts';
import { startServices } from './start-services.ts';

export type StackPorts = ObservingPorts & PublishPorts & { readonly loadProject: LoadProject; readonly compose: Compose; readonly prober: Prober };

export type UpInput = {
  readonly directory: string;
  readonly set?: string | undefined;
  readonly services: readonly string[];
  readonly timeout: number;
  readonly build: boolean;
};

const UNDO_TIMEOUT = 60_000;
/** Networks that others may take before us, again and again, before we give up. */
const MOST_REFUSALS = 20;

/** What `up` would do. */
export async function plan(input: Pick<UpInput, 'directory' | 'set' | 'services'>, ports: StackPorts, signal: AbortSignal): Promise<Plan> {
  const { environment } = await prepare(input, ports, signal);
  const situation = await observe(environment, { services: input.services, build: false }, ports, signal);
  assertPortsDiffer(situation.desired.ports, environment);
  return describePlan(planStack(situation.desired, situation.observed), situation.desired, situation.takenBy);
}

/** Brings the set, or some of its services with what they need, into line with its files, and waits until each is ready or done. */
export async function up(input: UpInput, ports: StackPorts, work: Work): Promise<UpResult> {
  const began = performance.now();
  const task = { ...ports, ...work };
  const { environment } = await prepare(input, ports, work.signal);
  return withHostNames(environment, task, () => journal(environment, 'stack.up', task, async (entry) => {
    const first = await observe(environment, input, ports, work.signal);
    assertPortsFree(planStack(first.desired, first.observed), first);
    const situation = await withImages(first, input, task);
    assertPortsFree(planStack(situation.desired, situation.observed), situation);
    for (const text of situation.desired.warnings) work.tell({ type: 'message', level: 'warning', text });
    const { stackPlan, outcomes } = await orUndo(situation, task, async () => {
      const applied = await applyWithAddresses(situation, entry, input, task);
      return { stackPlan: applied.stackPlan, outcomes: await startServices(applied.stackPlan, applied.situation, { entry, timeout: input.timeout }, task) };
    });
    return summarize(environment, stackPlan, outcomes, began);
  }));
}

/** Makes what is missing. Where somebody else was quicker to take the addresses of a network, chooses others. */
async function applyWithAddresses(first: Situation, entry: Journal, input: UpInput, task: StackPorts & Work): Promise<{ stackPlan: StackPlan; situation: Situation }> {
  const refused: Subnet[] = [];
  for (let situation = first; ; ) {
    const stackPlan = planStack(situation.desired, situation.observed);
    try {
      await applyPlan(stackPlan, situation, entry, task);
      return { stackPlan, situation };
    } catch (error) {
      if (!isAddressClash(error) || refused.length >= MOST_REFUSALS) throw error;
      refused.push(...situation.desired.networks.networks.flatMap(({ subnet }) => (subnet === undefined ? [] : (parseSubnet(subnet) ?? []))));
      situation = await observe(first.desired.environment, { services: input.services, build: false, refused }, task, task.signal);
    }
  }
}

/** The engine's word for addresses that another network has. */
function isAddressClash(error: unknown): boolean {
  return error instanceof BacklotError && /pool overlaps/i.test(`${error.message} ${String(error.cause)}`);
}

/** Runs work that changes the engine; when it is cancelled, what it made goes away again. */
async function orUndo<Result>(situation: Situation, task: StackPorts & Work, body: () => Promise<Result>): Promise<Result> {
  try {
    return await body();
  } catch (error) {
    if (task.signal.aborted) {
      task.tell({ type: 'message', level: 'info', text: 'cancelled: taking away what was begun' });
      await undo(situation, { ...task, signal: AbortSignal.timeout(UNDO_TIMEOUT) });
    }
    throw error;
  }
}

/** Loads the project while the engine is asked whether it is there; the project's faults are told first. */
async function prepare(input: Pick<UpInput, 'directory' | 'set' | 'services'>, ports: StackPorts, signal: AbortSignal): Promise<{ environment: Environment }> {
  const connecting = ports.engine.connect(signal);
  connecting.catch(() => {});
  const project = await ports.loadProject(input.directory, signal);
  const environment = environmentOf(project, input.set);
  assertServices(input.services, environment.set.services, `the set ${environment.set.name}`);
  await connecting;
  return { environment };
}

/** Gets the images that are missing, and looks again: a new image may expose ports and differ from what runs. */
async function withImages(situation: Situation, input: UpInput, task: StackPorts & Work): Promise<Situation> {
  const { images } = planStack(situation.desired, situation.observed);
  const guard = situation.desired.guard.parts[0];
  const lacksGuard = guard !== undefined && situation.observed.images[GUARD_IMAGE] === undefined;
  if (images.every((image) => image.action === 'present') && !lacksGuard) return situation;
  await Promise.all([getImages(images, () => writeModel(situation, task), task), lacksGuard && buildGuard(guard.name, situation, task)]);
  return observe(situation.desired.environment, { services: input.services, build: false }, task, task.signal);
}

/** Once on each engine. Without it nothing comes up: production names would reach production. */
async function buildGuard(part: string, situation: Situation, task: StackPorts & Work): Promise<void> {
  task.tell({ type: 'message', level: 'info', text: `makes the image ${GUARD_IMAGE} of the guard, once` });
  try {
    await task.compose.build(await writeModel(situation, task), [part], () => {}, task.signal);
  } catch (error) {
    if (!(error instanceof BacklotError) || error.code !== 'build-failed') throw error;
    throw new BacklotError('build-failed', `The image ${GUARD_IMAGE} of the guard cannot be made: ${error.message}`, {
      cause: error.cause,
      fix: `It is made from Debian's packages: let the engine reach a registry and a Debian mirror, or load the image (docker load). names.guard: off in backlot.yaml does without it, and then production names may reach production.`,
    });
  }
}

/** Finds ports that two services ask for, or that somebody else holds, before anything is made. */
function assertPortsFree(stackPlan: StackPlan, { desired, takenBy }: Situation): void {
  assertPortsDiffer(desired.ports, desired.environment);
  const touched = new Set(stackPlan.steps.filter((step) => step.action !== 'keep' && step.action !== 'remove').map((step) => step.service));
  const taken = desired.ports.flatMap((port) => {
    const holder = touched.has(port.service) ? takenBy(port) : undefined;
    return holder === undefined ? [] : [{ port, holder }];
  });
  const [first, ...others] = taken.map(({ port, holder }) => ({
    message: `${port.service} needs port ${port.host} on ${port.address ?? 'this machine'}, which ${holder} holds`,
    fix: `Stop it, or give ${port.service} another port: sets.${desired.environment.set.name}.ports: { ${port.service}: { ${port.container}: ${otherPort(port)} } }`,
  }));
  if (first) throw new BacklotError('port-taken', first.message, { fix: first.fix, ...(others.length > 0 && { also: others }) });
}

function assertPortsDiffer(ports: readonly PublishedPort[], environment: Environment): void {
  for (const [index, port] of ports.entries()) {
    const replicas = replicasOf(environment, port.service);
    if (replicas > 1 && port.host !== undefined) {
      throw new BacklotError('config-invalid', `${port.service} has ${replicas} containers, which cannot all have port ${port.host}`, {
        fix: `Leave the choice to the engine in its Compose file (ports: ["${port.container}"]), or give it a range.`,
      });
    }
    const rival = ports.slice(0, index).find((other) => other.host !== undefined && other.host === port.host && other.protocol === port.protocol && sameAddress(other.address ?? '', port.address ?? ''));
    if (!rival) continue;
    throw new BacklotError('config-invalid', `${rival.service} and ${port.service} both ask for port ${port.host} on ${port.address ?? 'this machine'}`, {
      fix: `Give one of them another: sets.${environment.set.name}.ports: { ${port.service}: { ${port.container}: ${otherPort(port)} } }`,
    });
  }
}

/** A port that is likely to be free, as an example. */
function otherPort({ host = 0 }: PublishedPort): number {
  return host > 50_000 ? host - 10_000 : host + 10_000;
}

/** The result; where services failed, an error that carries it. */
function summarize(environment: Environment, stackPlan: StackPlan, outcomes: ReadonlyMap<string, Outcome>, began: number): UpResult {
  const failures = [...outcomes].flatMap(([service, outcome]) => (outcome.state === 'failed' ? [{ service, why: outcome.why, timedOut: outcome.timedOut }] : []));
  const names = (state: 'ready' | 'done') => [...outcomes].filter(([, outcome]) => outcome.state === state).map(([service]) => service);
  const result: UpResult = {
    set: environment.set.name,
    ready: names('ready'),
    done: names('done'),
    failed: failures.map(({ service, why }) => ({ service, why })),
    changed: stackPlan.steps.filter((step) => step.action !== 'keep').map((step) => step.service),
    seconds: Math.round(performance.now() - began) / 1000,
  };
  const [first, ...others] = failures;
  if (!first) return result;
  throw new BacklotError(failures.every((failure) => failure.timedOut) ? 'not-ready' : 'service-failed', `${first.service}: ${first.why}`, {
    fix: `Look at: backlot logs ${environment.set.name} ${first.service}. When it is mended, backlot up goes on from here.`,
    ...(others.length > 0 && { also: others.map(({ service, why }) => ({ message: `${service}: ${why}` })) }),
    result,
  });
}
