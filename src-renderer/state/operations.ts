import { useEffect } from 'react';
import { create } from 'zustand';
import { toFailure } from '#contract/errors.ts';
import type { Answer, OperationEvent, OperationSummary } from '#contract/operations.ts';
import { ask } from './ask.ts';
import { useBacklot } from './connection.ts';
import { withProgress, type Phase } from './phases.ts';
import { noticesCanCome } from './notices.ts';
import { NO_ROLL, withInstance, withQuestion, withReading, type RollProgress } from './roll.ts';
import { pause, untilVisible } from './visibility.ts';

type Operations = {
  /** Newest first; undefined before the first answer. */
  readonly summaries: readonly OperationSummary[] | undefined;
  /** Changes when the list should be asked for again at once. */
  readonly wanted: number;
};

export const useOperations = create<Operations>(() => ({ summaries: undefined, wanted: 0 }));

/** Asks for the list of operations again, at once. */
export function refreshOperations(): void {
  useOperations.setState(({ wanted }) => ({ wanted: wanted + 1 }));
}

const WHILE_RUNNING = 2000;
const WHILE_IDLE = 6000;
const WHILE_HIDDEN = 30_000;

/** Keeps the list of operations, of every shell on this machine, up to date while the page can be seen. Mounted once, by the shell. */
export function useOperationsFollowed(): void {
  const backlot = useBacklot();
  const wanted = useOperations((state) => state.wanted);
  useEffect(() => {
    if (!backlot) return undefined;
    const controller = new AbortController();
    const { signal } = controller;
    void (async () => {
      while (!signal.aborted) {
        // Hidden, it is asked now and then only where somebody wants to be told of what ends meanwhile.
        if (document.hidden) await untilVisible(signal, noticesCanCome() ? WHILE_HIDDEN : undefined);
        try {
          const { operations } = await backlot.operations.list({}, signal);
          if (!signal.aborted) useOperations.setState({ summaries: operations });
        } catch (thrown) {
          // The list is a convenience: what it cannot tell now it tells in the next round.
          if (toFailure(thrown).code === 'connection-lost') return;
        }
        const running = useOperations.getState().summaries?.some(({ state }) => state === 'running');
        await pause(running ? WHILE_RUNNING : WHILE_IDLE, signal);
      }
    })();
    return () => controller.abort();
  }, [backlot, wanted]);
}

type ServiceProgress = {
  readonly event: Extract<OperationEvent, { type: 'service' }>;
  /** When its state began, RFC 3339. */
  readonly since: string;
};

type StageEvent = Extract<OperationEvent, { type: 'stage' }>;
type TestEvent = Extract<OperationEvent, { type: 'test' }>;
type BuildEvent = Extract<OperationEvent, { type: 'build' }>;

/** How far a stage of a run is, and when that began. */
export type StageProgress = { readonly event: StageEvent; readonly since: string; /** When it left its place in the queue. */ readonly started: string | undefined; readonly tests: readonly TestEvent[] };

/** What is known of one operation from its events. */
export type OperationProgress = {
  readonly started: string | undefined;
  readonly services: Readonly<Record<string, ServiceProgress>>;
  readonly phases: readonly Phase[];
  readonly stages: Readonly<Record<string, StageProgress>>;
  /** The latest of each step of a build, in the order in which they began. */
  readonly steps: readonly BuildEvent[];
  readonly roll: RollProgress;
  readonly events: readonly OperationEvent[];
  readonly result: Extract<OperationEvent, { type: 'result' }> | undefined;
  readonly sequence: number;
};

export const NO_PROGRESS: OperationProgress = { started: undefined, services: {}, phases: [], stages: {}, steps: [], roll: NO_ROLL, events: [], result: undefined, sequence: 0 };

/** Events kept of one operation; the oldest go first. */
const EVENTS_KEPT = 2000;
/** Tests kept of a stage while it runs; the whole is there when it is over. */
const TESTS_KEPT = 2000;

/** What is known after one more event. An event that is already known changes nothing. */
export function withEvent(progress: OperationProgress, event: OperationEvent): OperationProgress {
  if (event.sequence <= progress.sequence && progress.events.length > 0) return progress;
  const events = [...progress.events.slice(-EVENTS_KEPT + 1), event];
  const known = { ...progress, events, sequence: event.sequence };
  switch (event.type) {
    case 'started':
      return { ...known, started: event.time };
    case 'service': {
      const before = progress.services[event.service];
      const since = before?.event.state === event.state ? before.since : event.time;
      return { ...known, services: { ...progress.services, [event.service]: { event, since } } };
    }
    case 'stage':
      return { ...known, stages: { ...progress.stages, [event.stage]: withStage(progress.stages[event.stage], event) } };
    case 'test': {
      const stage = progress.stages[event.stage];
      return stage ? { ...known, stages: { ...progress.stages, [event.stage]: { ...stage, tests: [...stage.tests.slice(-TESTS_KEPT + 1), event] } } } : known;
    }
    case 'build':
      return { ...known, steps: withStep(progress.steps, event) };
    case 'message':
      return known;
    case 'instance':
      return { ...known, roll: withInstance(progress.roll, event) };
    case 'kpi':
      return { ...known, roll: withReading(progress.roll, event) };
    case 'question':
      return { ...known, roll: withQuestion(progress.roll, event) };
    case 'progress':
      return { ...known, phases: withProgress(progress.phases, event) };
    case 'result':
      return { ...known, result: event };
    default:
      return event satisfies never;
  }
}

function withStage(before: StageProgress | undefined, event: StageEvent): StageProgress {
  const since = before?.event.state === event.state ? before.since : event.time;
  const started = before?.started ?? (event.state === 'waiting' ? undefined : event.time);
  return { event, since, started, tests: before?.tests ?? [] };
}

function withStep(steps: readonly BuildEvent[], event: BuildEvent): readonly BuildEvent[] {
  const isSame = ({ image, step }: BuildEvent) => image === event.image && step === event.step;
  return steps.some(isSame) ? steps.map((step) => (isSame(step) ? event : step)) : [...steps, event];
}

/** Answers the question that an operation waits with. Whether it was still waiting is told by its events. Answers whether the answer came through; the person is told where not. */
export async function answerOperation(id: string, answer: Answer): Promise<boolean> {
  return (await ask(async (backlot) => backlot.operations.answer({ id, answer }))) !== undefined;
}

/** Cancels an operation. What comes of it is told by its events. Answers whether that came through; the person is told where not. */
export async function cancelOperation(id: string): Promise<boolean> {
  const asked = await ask(async (backlot) => backlot.operations.cancel({ id }));
  refreshOperations();
  return asked !== undefined;
}
