import { setTimeout as pause } from 'node:timers/promises';
import { BacklotError } from '#contract/errors.ts';
import type { Plan, UpResult } from '#contract/stack.ts';
import type { Work } from '#core/work.ts';
import { withHostNames, type PublishPorts } from '#features/names/host-names-publish.ts';
import { formatBytes } from '#features/system/format-bytes.ts';
import type { LoadProject } from '#features/project/project.ts';
import type { Compose } from '#ports/compose.ts';
import type { Prober } from '#ports/prober.ts';
import { assertPortsDiffer, assertPortsFree } from './assert-ports.ts';
import { assertServices, environmentOf, type Environment } from './environment.ts';
import { expectMemory, lookAtMemory, type Expectation } from './expect-memory.ts';
import { journal, type Journal } from './journal.ts';
import { observe, type ObservingPorts, type Situation } from './observe.ts';
import { describePlan, planStack, type StackPlan } from './plan-stack.ts';
import { undo } from './apply-plan.ts';
import { applyWithAddresses, withImages } from './make-environment.ts';
import { remapPorts } from './remap-ports.ts';
import type { Outcome } from './start-graph.ts';
import { startServices } from './start-services.ts';

export type StackPorts = ObservingPorts &
  PublishPorts & {
    readonly loadProject: LoadProject;
    readonly compose: Compose;
    readonly prober: Prober;
    /** Puts data into place before a set is looked at: its fixture, where it has one and no data yet. */
    readonly prepareData?: PrepareData;
  };

/** Called by whoever is alone with the environment. */
export type PrepareData = (environment: Environment, input: Pick<UpInput, 'services' | 'fixture'>, work: Work) => Promise<void>;

export type UpInput = {
  readonly directory: string;
  readonly set?: string | undefined;
  readonly services: readonly string[];
  readonly timeout: number;
  readonly build: boolean;
  /** Gives a service whose host port is taken a free one, and remembers it. */
  readonly remap?: boolean;
  /** The fixture to come up with where the data services have no data yet, in the place of the set's own. */
  readonly fixture?: string | undefined;
};

const UNDO_TIMEOUT = 60_000;
const UNDO_PAUSE = 500;
/** How often services are started, where others take their ports meanwhile. */
const MOST_TRIES = 3;

/** What `up` would do. */
export async function plan(input: Pick<UpInput, 'directory' | 'set' | 'services'>, ports: StackPorts, signal: AbortSignal): Promise<Plan> {
  const { environment } = await prepare(input, ports, signal);
  const situation = await observe(environment, { services: input.services, build: false }, ports, signal);
  assertPortsDiffer(situation.desired.ports, environment);
  const stackPlan = planStack(situation.desired, situation.observed);
  const memory = expectMemory(stackPlan, situation, ports);
  const described = describePlan(stackPlan, situation.desired, situation.takenBy);
  return { ...described, memory, warnings: [...described.warnings, ...scarceMemory(memory, environment)] };
}

/** Brings the set, or some of its services with what they need, into line with its files, and waits until each is ready or done. */
export async function up(input: UpInput, ports: StackPorts, work: Work, prepareData: PrepareData | undefined = ports.prepareData): Promise<UpResult> {
  const began = performance.now();
  const task = { ...ports, ...work };
  const { environment } = await prepare(input, ports, work.signal);
  return withHostNames(environment, task, () => journal(environment, 'stack.up', task, async (entry) => {
    await prepareData?.(environment, input, work);
    const first = await observeWithPorts(environment, input, task);
    assertPortsFree(first);
    const situation = await withImages(first, input, task);
    assertPortsFree(situation);
    const memory = expectMemory(planStack(situation.desired, situation.observed), situation, task);
    for (const text of [...situation.desired.warnings, ...scarceMemory(memory, environment)]) work.tell({ type: 'message', level: 'warning', text });
    const { stackPlan, outcomes } = await orUndo(situation, entry, task, () => applyAndStart(situation, entry, input, task));
    await lookAtMemory(situation, task);
    return summarize(environment, stackPlan, outcomes, began);
  }));
}

/** Looks, and where ports may be given to other numbers and are taken, gives them others and looks again. */
async function observeWithPorts(environment: Environment, input: UpInput, task: StackPorts & Work): Promise<Situation> {
  const first = await observe(environment, input, task, task.signal);
  return input.remap && (await remapPorts(first, task)) ? observe(environment, input, task, task.signal) : first;
}

/** Says that more memory is expected to be taken than there is; that stops nothing. */
function scarceMemory({ expected, available }: Expectation, { set }: Environment): string[] {
  if (available === undefined || expected <= available) return [];
  return [`The set ${set.name} is expected to take ${formatBytes(expected)} of memory, and the engine has ${formatBytes(available)}: take down what is not needed, or bring up a smaller set`];
}

/** Makes what is missing and starts it. Where somebody else was quicker to take a port that nobody asked for, once more without it. */
async function applyAndStart(first: Situation, entry: Journal, input: UpInput, task: StackPorts & Work): Promise<{ stackPlan: StackPlan; outcomes: ReadonlyMap<string, Outcome> }> {
  for (let situation = first, tries = 1; ; tries++) {
    const { stackPlan, situation: applied } = await applyWithAddresses(situation, entry, input, task);
    const outcomes = await startServices(stackPlan, applied, { entry, timeout: input.timeout }, task);
    const failed = [...outcomes].flatMap(([service, { state }]) => (state === 'failed' ? [service] : []));
    if (failed.length === 0 || tries === MOST_TRIES) return { stackPlan, outcomes };
    situation = await observe(first.desired.environment, { services: input.services, build: false }, task, task.signal);
    if (!situation.desired.moved?.some((service) => failed.includes(service))) return { stackPlan, outcomes };
  }
}

/** Runs work that changes the engine; when it is cancelled, what it made goes away again. */
async function orUndo<Result>(situation: Situation, entry: Journal, task: StackPorts & Work, body: () => Promise<Result>): Promise<Result> {
  try {
    return await body();
  } catch (error) {
    if (task.signal.aborted) {
      task.tell({ type: 'message', level: 'info', text: 'cancelled: taking away what was begun' });
      await undoPatiently(situation, entry, task);
    }
    throw error;
  }
}

/** An engine under load refuses, and one that starts again is away for a while. What stays all the same is said, and found by the next. */
async function undoPatiently(situation: Situation, entry: Journal, task: StackPorts & Work): Promise<void> {
  const signal = AbortSignal.timeout(UNDO_TIMEOUT);
  for (;;) {
    try {
      return await undo(situation, { ...task, signal });
    } catch (error) {
      if (!(error instanceof BacklotError)) throw error;
      if (error.code.startsWith('engine-') && !signal.aborted) {
        await pause(UNDO_PAUSE);
        continue;
      }
      entry.leave();
      task.tell({ type: 'message', level: 'warning', text: `What was begun could not all be taken away: ${error.message}`, fix: 'backlot clean removes the rest.' });
      return;
    }
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
    ...(environment.project.guard === 'block' && { guarded: [...environment.project.suffixes] }),
  };
  const [first, ...others] = failures;
  if (!first) return result;
  throw new BacklotError(failures.every((failure) => failure.timedOut) ? 'not-ready' : 'service-failed', `${first.service}: ${first.why}`, {
    fix: `Look at: backlot logs ${environment.set.name} ${first.service}. When it is mended, backlot up ${environment.set.name} goes on from here.`,
    ...(others.length > 0 && { also: others.map(({ service, why }) => ({ message: `${service}: ${why}` })) }),
    result,
  });
}
