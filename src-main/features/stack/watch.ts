import type { StackStatus } from '#contract/stack.ts';
import { BacklotError } from '#contract/errors.ts';
import { Signal } from '#core/signal.ts';
import { LABELS, type ContainerEngine } from '#ports/container-engine.ts';
import { readStatus, type StatusPorts } from './status.ts';
import { tellWhoAnswers, type AnsweringPorts } from './swap-answers.ts';

/** Events come in bursts: one look answers for all of them. */
const GATHER = 40;
/** Events can be lost, so it looks again now and then anyway. */
const RESYNC = 30_000;
/** While something starts, its readiness is recorded by whoever starts it, without an event. */
const RESYNC_WHILE_STARTING = 500;
/** Processes that have a service's place come and go without an event, and so does what was mended and is seen ready before the engine looks again. */
const RESYNC_WHILE_DOUBTFUL = 2000;

/** The status of a project's sets now and after every change, for as long as the engine answers or comes back. */
export async function* watchStatus(input: { readonly directory: string }, ports: StatusPorts & AnsweringPorts, signal: AbortSignal): AsyncGenerator<StackStatus> {
  const outline = await ports.loadOutline(input.directory, signal);
  const changed = new Signal();
  const scope = new AbortController();
  const inner = AbortSignal.any([signal, scope.signal]);
  void followEvents(ports.engine, outline.directory, changed, inner);
  let last = '';
  try {
    while (!signal.aborted) {
      const status = await readStatus(outline, ports, inner).then((read) => tellWhoAnswers(read, ports, inner)).catch((error: unknown) => ignoreEngineLoss(error, inner));
      if (status) {
        const text = JSON.stringify(status);
        if (text !== last) yield status;
        last = text;
      }
      await changed.wait(status ? pauseAfter(status) : RESYNC, inner);
      await changed.gather(GATHER, inner);
    }
  } finally {
    scope.abort();
  }
}

/** Raises the signal on every event of the project's containers, and whenever the engine has come back. */
export async function followEvents(engine: ContainerEngine, directory: string, changed: Signal, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    try {
      await engine.connect(signal);
      changed.raise();
      for await (const event of engine.events(signal)) {
        if (event.kind === 'container' && event.attributes[LABELS.directory] === directory && !event.action.startsWith('exec_')) changed.raise();
      }
    } catch (error) {
      ignoreEngineLoss(error, signal);
    }
    if (!signal.aborted) await untilUp(engine, signal);
  }
}

/** Waits until the connection is up, as its own watch tells. */
async function untilUp(engine: ContainerEngine, signal: AbortSignal): Promise<void> {
  for await (const { state } of engine.watchState(signal)) if (state === 'up') return;
}

/** An engine that is away is told by its own state; here it only means to wait. */
function ignoreEngineLoss(error: unknown, signal: AbortSignal): undefined {
  if (signal.aborted) return undefined;
  if (error instanceof BacklotError && error.code.startsWith('engine-')) return undefined;
  throw error;
}

function pauseAfter(status: StackStatus): number {
  const states = new Set(status.sets.flatMap((set) => set.services.map(({ state }) => state)));
  if (states.has('starting') || states.has('created')) return RESYNC_WHILE_STARTING;
  return states.has('swapped') || states.has('unhealthy') ? RESYNC_WHILE_DOUBTFUL : RESYNC;
}
