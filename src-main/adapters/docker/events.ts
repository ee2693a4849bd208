import type { EngineEvent } from '#ports/container-engine.ts';
import { BacklotError } from '#contract/errors.ts';
import { fail, streamFromEngine } from './calls.ts';
import type { Connection } from './connection.ts';
import { DEADLINE } from './deadline.ts';
import { JsonLines } from './json-lines.ts';

const KINDS = ['container', 'network', 'image', 'volume'] as const;
/** More than this unread means that the reader is stuck: it must list again. */
const MOST_WAITING = 10_000;

/** Events since `from`, in milliseconds of the engine's clock. They are read as they come, because an engine drops what a slow reader leaves. */
export async function* readEvents(connection: Connection, from: number, signal: AbortSignal): AsyncGenerator<EngineEvent> {
  const scope = new AbortController();
  const end = () => scope.abort();
  signal.addEventListener('abort', end, { once: true });
  const queue = new EventQueue();
  const reading = pump(connection, from, queue, scope.signal);
  // It may fail while the reader is busy with what came before; the reader is told when it asks for more.
  reading.catch(() => {});
  try {
    while (!signal.aborted) {
      const events = await queue.take();
      if (signal.aborted) return;
      if (events === undefined) break;
      yield* events;
    }
    await reading;
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    signal.removeEventListener('abort', end);
    end();
    await reading.catch(() => {});
  }
}

async function pump(connection: Connection, from: number, queue: EventQueue, signal: AbortSignal): Promise<void> {
  const doing = "follow the engine's events";
  const splitter = new JsonLines();
  const query = { since: (from / 1000).toFixed(3), filters: { type: KINDS } };
  try {
    for await (const piece of streamFromEngine(connection, { doing, deadline: DEADLINE.read }, signal, { method: 'GET', path: '/events', query })) {
      for (const message of splitter.push(piece)) queue.add(describeEvent(message));
    }
    throw new BacklotError('engine-lost', 'The engine ended its events', { fix: 'Backlot connects again by itself.' });
  } catch (error) {
    throw fail(connection, error, doing);
  } finally {
    queue.close();
  }
}

type ApiEvent = {
  readonly Type?: string;
  readonly Action?: string;
  readonly Actor?: { readonly ID?: string; readonly Attributes?: Readonly<Record<string, string>> | null } | null;
  readonly time?: number;
  readonly timeNano?: number;
};

/** An event in our words; nothing for kinds and actions that change no state, such as commands run inside. Reads only what every version sends. */
function describeEvent(message: unknown): EngineEvent[] {
  const event = (message ?? {}) as ApiEvent;
  const kind = KINDS.find((known) => known === event.Type);
  const action = event.Action ?? '';
  if (kind === undefined || action === '' || /^(exec_|top$|attach$|archive-path$|resize$)/.test(action)) return [];
  const time = event.timeNano === undefined ? (event.time ?? 0) : event.timeNano / 1e9;
  return [{ kind, action, id: event.Actor?.ID ?? '', attributes: event.Actor?.Attributes ?? {}, time }];
}

class EventQueue {
  private waiting: EngineEvent[] = [];
  private closed = false;
  private wake = () => {};

  add(events: readonly EngineEvent[]): void {
    this.waiting.push(...events);
    if (this.waiting.length > MOST_WAITING) {
      this.waiting = [];
      throw new BacklotError('engine-lost', 'Events came faster than they were read', { fix: 'List again.' });
    }
    this.wake();
  }

  close(): void {
    this.closed = true;
    this.wake();
  }

  /** What has come since the last time; waits for something, and is `undefined` once there will be no more. */
  async take(): Promise<readonly EngineEvent[] | undefined> {
    // Woken by events of which none counts, it waits on.
    while (this.waiting.length === 0 && !this.closed) await new Promise<void>((resolve) => (this.wake = resolve));
    if (this.waiting.length === 0) return undefined;
    const taken = this.waiting;
    this.waiting = [];
    return taken;
  }
}
