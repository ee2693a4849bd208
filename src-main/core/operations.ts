import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { BacklotError, toFailure, type Failure } from '#contract/errors.ts';
import type { Answer, OperationEvent, OperationNews, OperationSummary } from '#contract/operations.ts';
import { EventLog } from './event-log.ts';
import { OpenQuestion } from './open-question.ts';
import type { OperationLog, OperationRecord } from './operation-log.ts';
import type { Work } from './work.ts';

/** Ended operations that are kept in memory. */
const MOST_ENDED = 50;
/** Operations that a list shows. */
const MOST_LISTED = 100;
/** Milliseconds that cancelled work is given to clean up when Backlot ends. */
const CLEANUP_LIMIT = 30_000;

/** Long work with an id: it outlives the request that started it, and anybody may watch or cancel it. */
export interface Operations {
  /** Starts work and answers its id at once. The work's fate is told by its events only. */
  start(method: string, input: unknown, run: (work: Work) => Promise<unknown>): string;
  /** Newest first, those of other processes included. */
  list(directory?: string): Promise<OperationSummary[]>;
  /** What came after `after`, then what comes, until the result. */
  watch(input: { readonly id: string; readonly after: number }, signal: AbortSignal): AsyncIterable<OperationEvent>;
  /** Asks work to end; false where it has ended already. Its result tells when it is over. */
  cancel(id: string): Promise<boolean>;
  /** Answers what work asks; false where it asks nothing, or does not take that answer. */
  answer(id: string, answer: Answer): Promise<boolean>;
  /** Ids of what runs in this process. */
  active(): string[];
  /** Cancels everything that runs here and waits until it has cleaned up, at most `limit` milliseconds. Nothing starts after it. */
  close(limit?: number): Promise<void>;
}

export type OperationsOptions = {
  /** The shell and process, as other shells show it: `cli 4711`. */
  readonly owner: string;
  readonly log?: OperationLog;
  readonly now?: () => Date;
};

export function createOperations(options: OperationsOptions): Operations {
  return new OwnOperations(options);
}

type Entry = {
  summary: OperationSummary;
  readonly events: EventLog;
  readonly controller: AbortController;
  readonly question: OpenQuestion;
  finished: Promise<void>;
};

type Outcome = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly error: Failure; readonly value?: unknown };

class OwnOperations implements Operations {
  private readonly options: OperationsOptions;
  private readonly entries = new Map<string, Entry>();
  private closed = false;

  constructor(options: OperationsOptions) {
    this.options = options;
  }

  start(method: string, input: unknown, run: (work: Work) => Promise<unknown>): string {
    if (this.closed) throw new BacklotError('cancelled', `${method} was not started: Backlot is ending`);
    const summary: OperationSummary = {
      id: newId(),
      method,
      ...placeOf(input),
      state: 'running',
      started: this.time(),
      owner: this.options.owner,
    };
    const entry: Entry = { summary, events: new EventLog(), controller: new AbortController(), question: new OpenQuestion(), finished: Promise.resolve() };
    this.entries.set(summary.id, entry);
    entry.finished = this.carryOut(entry, run);
    return summary.id;
  }

  async list(directory?: string): Promise<OperationSummary[]> {
    const byId = new Map<string, OperationSummary>();
    for (const summary of (await this.options.log?.list()) ?? []) byId.set(summary.id, summary);
    for (const { summary } of this.entries.values()) byId.set(summary.id, summary);
    return [...byId.values()]
      .filter((summary) => directory === undefined || summary.directory === directory)
      .sort((one, other) => Date.parse(other.started) - Date.parse(one.started))
      .slice(0, MOST_LISTED);
  }

  watch({ id, after }: { readonly id: string; readonly after: number }, signal: AbortSignal): AsyncIterable<OperationEvent> {
    const entry = this.entries.get(id);
    if (entry) return entry.events.follow(after, signal);
    return this.logFor(id).watch(id, after, signal);
  }

  async cancel(id: string): Promise<boolean> {
    const entry = this.entries.get(id);
    if (!entry) return this.logFor(id).cancel(id);
    if (entry.summary.state !== 'running') return false;
    entry.controller.abort();
    return true;
  }

  async answer(id: string, answer: Answer): Promise<boolean> {
    const entry = this.entries.get(id);
    return entry ? entry.question.answer(answer) : this.logFor(id).answer(id, answer);
  }

  active(): string[] {
    return [...this.entries.values()].filter(({ summary }) => summary.state === 'running').map(({ summary }) => summary.id);
  }

  async close(limit = CLEANUP_LIMIT): Promise<void> {
    this.closed = true;
    const unfinished = [...this.entries.values()].map((entry) => {
      entry.controller.abort();
      return entry.finished;
    });
    const clock = new AbortController();
    await Promise.race([Promise.all(unfinished), delay(limit, undefined, { signal: clock.signal }).catch(() => {})]);
    clock.abort();
  }

  private async carryOut(entry: Entry, run: (work: Work) => Promise<unknown>): Promise<void> {
    const { id, method } = entry.summary;
    const { signal } = entry.controller;
    const record = this.record(entry);
    const tell = (news: OperationNews) => {
      const event = entry.events.add(news, this.time());
      record?.append(event);
    };
    tell({ type: 'started', operation: id, method });
    const ask: Work['ask'] = (question) => entry.question.ask(question, tell, signal);
    const outcome = await outcomeOf(() => run({ id, signal, ask, tell: (news) => entry.summary.state === 'running' && tell(news) }), signal);
    entry.summary = { ...entry.summary, ...ending(outcome), ended: this.time() };
    tell({ type: 'result', ...outcome });
    this.forgetOldest();
    await record?.close(entry.summary);
  }

  private record(entry: Entry): OperationRecord | undefined {
    return this.options.log?.begin(entry.summary, {
      onCancel: () => entry.controller.abort(),
      onAnswer: (answer) => void entry.question.answer(answer),
      onFailure: (error) => {
        if (entry.summary.state !== 'running') return;
        const text = `Other windows and terminals cannot follow this: ${toFailure(error).message}`;
        entry.events.add({ type: 'message', level: 'warning', text }, this.time());
      },
    });
  }

  private forgetOldest(): void {
    const ended = [...this.entries.values()].filter(({ summary }) => summary.state !== 'running');
    for (const { summary } of ended.slice(0, Math.max(0, ended.length - MOST_ENDED))) this.entries.delete(summary.id);
  }

  private logFor(id: string): OperationLog {
    if (this.options.log) return this.options.log;
    throw new BacklotError('operation-unknown', `There is no operation ${JSON.stringify(id.slice(0, 100))}`);
  }

  private time(): string {
    return (this.options.now?.() ?? new Date()).toISOString();
  }
}

async function outcomeOf(run: () => Promise<unknown>, signal: AbortSignal): Promise<Outcome> {
  try {
    return { ok: true, value: await run() };
  } catch (thrown) {
    const { result, ...error } = toFailure(thrown);
    if (!signal.aborted || error.code === 'cancelled') return { ok: false, error, ...(result !== undefined && { value: result }) };
    return { ok: false, error: { code: 'cancelled', message: 'cancelled', cause: error.message } };
  }
}

function ending(outcome: Outcome): Pick<OperationSummary, 'state' | 'error'> {
  if (outcome.ok) return { state: 'done' };
  return { state: outcome.error.code === 'cancelled' ? 'cancelled' : 'failed', error: outcome.error };
}

/** The project and set that an input names, what in them it is about, and what of its method it wants, where it does. */
function placeOf(input: unknown): Pick<OperationSummary, 'directory' | 'set' | 'about' | 'variant'> {
  if (typeof input !== 'object' || input === null) return {};
  const named = (key: string) => Object.entries(input).find(([name, value]) => name === key && typeof value === 'string')?.[1] as string | undefined;
  const [directory, set, about] = [named('directory'), named('set'), named('name') ?? named('service') ?? named('reference') ?? named('target')];
  const variant = (['propose', 'undo'] as const).find((name) => Object.entries(input).some(([key, value]) => key === name && value === true));
  return { ...(directory !== undefined && { directory }), ...(set !== undefined && { set }), ...(about !== undefined && { about }), ...(variant && { variant }) };
}

function newId(): string {
  return `op-${Date.now().toString(36)}-${randomBytes(5).toString('hex')}`;
}
