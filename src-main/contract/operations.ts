import { z } from 'zod';
import { call, stream } from './define.ts';
import { Failure } from './errors.ts';
import { PreviousIn } from './releases.ts';

export const ServicePhase = z.enum([
  'absent', //      no container
  'pulling',
  'building',
  'creating',
  'created', //     has a container that was never started
  'waiting', //     for another service
  'starting', //    runs, not ready yet
  'ready',
  'unhealthy', //   runs, was ready, its check fails now
  'done', //        a one-shot that ended with 0
  'failed',
  'restarting', //  its restart policy starts it again
  'paused',
  'swapped', //     a process on this machine has its place
  'stopping',
  'stopped',
  'removed',
]);
export type ServicePhase = z.infer<typeof ServicePhase>;

/** How far one stage of a run is. */
export const StageState = z.enum(['waiting', 'preparing', 'running', 'collecting', 'held', 'passed', 'failed', 'skipped', 'cancelled']);
export type StageState = z.infer<typeof StageState>;

export const TestState = z.enum(['passed', 'failed', 'broken', 'skipped']);
export type TestState = z.infer<typeof TestState>;

/** How far one instance of a target is on the way to a revision. */
export const InstanceState = z.enum(['waiting', 'starting', 'running', 'draining', 'done', 'failed', 'returned']);
export type InstanceState = z.infer<typeof InstanceState>;

/** What a person can say to work that waits: let it go on, bring back what was before, or end here. */
export const Answer = z.enum(['continue', 'rollback', 'abort']);
export type Answer = z.infer<typeof Answer>;

export const Progress = z.object({
  done: z.number(),
  total: z.number().optional(),
  unit: z.enum(['bytes', 'steps', 'rows']),
});
export type Progress = z.infer<typeof Progress>;

const stamp = { time: z.string().describe('RFC 3339'), sequence: z.number().int() };

/** What an operation tells while it works. The last one is always a `result`. */
export const OperationEvent = z.discriminatedUnion('type', [
  z.object({ ...stamp, type: z.literal('started'), operation: z.string(), method: z.string() }),
  z.object({
    ...stamp,
    type: z.literal('service'),
    service: z.string(),
    stage: z.string().optional().describe('the stage of a run that it belongs to'),
    state: ServicePhase,
    phase: z.string().optional().describe('what exactly is being done, such as the layer or build step'),
    why: z.string().optional(),
    progress: Progress.optional(),
  }),
  z.object({
    ...stamp,
    type: z.literal('stage'),
    stage: z.string(),
    state: StageState,
    run: z.string().describe('whose logs can be read while it runs'),
    cached: z.boolean().optional(),
    why: z.string().optional(),
    phase: z.string().optional(),
    until: z.string().optional().describe('RFC 3339: to when it is held'),
    seconds: z.number().optional(),
    tests: z.number().int().optional(),
    failures: z.number().int().optional(),
    skipped: z.number().int().optional(),
  }),
  z.object({ ...stamp, type: z.literal('test'), stage: z.string(), suite: z.array(z.string()), name: z.string(), state: TestState, seconds: z.number().optional(), message: z.string().optional() }),
  z.object({ ...stamp, type: z.literal('build'), image: z.string(), step: z.string().describe('as BuildKit numbers it'), name: z.string(), state: z.enum(['running', 'cached', 'done', 'failed']), seconds: z.number().optional() }),
  z.object({ ...stamp, type: z.literal('progress'), phase: z.string(), about: z.string().optional().describe('such as the service or table'), done: z.number(), total: z.number().optional(), unit: z.enum(['bytes', 'rows', 'steps']), bytes: z.number().optional().describe('of the rows so far, as they are read'), ended: z.boolean().optional().describe('nothing more comes of it') }),
  z.object({
    ...stamp,
    type: z.literal('instance'),
    target: z.string(),
    instance: z.string().describe('such as a replica, a server of a pair, or the whole of a script'),
    state: InstanceState,
    revision: z.string().describe('that it is to have'),
    previous: z.string().optional(),
    why: z.string().optional(),
  }),
  z.object({
    ...stamp,
    type: z.literal('kpi'),
    target: z.string(),
    check: z.string(),
    state: z.enum(['ok', 'over', 'unknown']),
    value: z.number().optional(),
    previous: z.number().optional().describe('of the release before, for a bound that is relative to it'),
    previousIn: PreviousIn.optional(),
    bound: z.string(),
    limit: z.number().optional().describe('what the value is held against now'),
    side: z.enum(['max', 'min']).optional().describe('of that limit, on which the value has to stay'),
    samples: z.number().int(),
    why: z.string().optional(),
  }),
  z.object({
    ...stamp,
    type: z.literal('question'),
    target: z.string(),
    release: z.string(),
    revision: z.string(),
    text: z.string().describe('why it waits'),
    answers: z.array(Answer).describe('that `operations.answer` takes now'),
    until: z.string().describe('RFC 3339: nobody has to answer; from then on it goes on as if nobody could be asked'),
    answer: Answer.optional().describe('what it was answered; absent while it waits'),
    ended: z.boolean().optional().describe('it waits no longer'),
  }),
  z.object({ ...stamp, type: z.literal('message'), level: z.enum(['info', 'warning']), text: z.string(), fix: z.string().optional() }),
  z.object({
    ...stamp,
    type: z.literal('result'),
    ok: z.boolean(),
    value: z.unknown().optional(),
    error: Failure.optional(),
  }),
]);
export type OperationEvent = z.infer<typeof OperationEvent>;

/** An event before the operation's log gives it its time and sequence. */
export type OperationNews = OperationEvent extends infer Event
  ? Event extends OperationEvent
    ? Omit<Event, 'time' | 'sequence'>
    : never
  : never;

export const OperationSummary = z.object({
  id: z.string(),
  method: z.string(),
  directory: z.string().optional(),
  set: z.string().optional(),
  about: z.string().optional().describe('what it works on, such as the fixture or service'),
  variant: z.enum(['propose', 'undo']).optional().describe('of a method that can do something else as well: what it does'),
  state: z.enum(['running', 'done', 'failed', 'cancelled', 'lost']),
  started: z.string(),
  ended: z.string().optional(),
  error: Failure.optional(),
  owner: z.string().describe('the shell and process that runs it'),
});
export type OperationSummary = z.infer<typeof OperationSummary>;

export const operations = {
  /** Running operations and the latest ended ones, newest first, of every shell on this machine. */
  list: call(z.object({ directory: z.string().optional() }), z.object({ operations: z.array(OperationSummary) })),
  /** Replays what came after `after`, then follows until the result. */
  watch: stream(z.object({ id: z.string(), after: z.number().int().default(0) }), OperationEvent),
  cancel: call(z.object({ id: z.string() }), z.object({ cancelled: z.boolean() })),
  /** Answers the question with which an operation waits; false where it waits with none, or does not take this. */
  answer: call(z.object({ id: z.string(), answer: Answer }), z.object({ answered: z.boolean() })),
};
