import type { OperationEvent, OperationNews } from '#contract/operations.ts';

/** Events that one operation keeps for late watchers. */
const MOST_EVENTS = 2_000;

type ServiceEvent = Extract<OperationEvent, { type: 'service' }>;

/** Whether an event says nothing that a later one does not say better: progress of the same service in the same state. */
export function isOutdatedBy(earlier: OperationEvent, later: OperationEvent): boolean {
  return (
    earlier.type === 'service' && later.type === 'service' &&
    earlier.service === later.service && earlier.state === later.state && earlier.why === later.why &&
    earlier.progress !== undefined && later.progress !== undefined
  );
}

/**
 * The events of one operation, bounded. Outdated progress is dropped, so sequences may have gaps;
 * the start, the result and the latest event of every service are always kept.
 */
export class EventLog {
  private readonly events: OperationEvent[] = [];
  private readonly latest = new Map<string, ServiceEvent>();
  private readonly waiting = new Set<() => void>();
  private sequence = 0;

  add(news: OperationNews, time: string): OperationEvent {
    const event: OperationEvent = { time, sequence: ++this.sequence, ...news };
    if (event.type === 'service') this.supersede(event);
    this.events.push(event);
    if (this.events.length > MOST_EVENTS) this.dropOldest();
    for (const wake of this.waiting) wake();
    return event;
  }

  /** What came after `after`, then what comes, until the result or the signal. */
  async *follow(after: number, signal: AbortSignal): AsyncGenerator<OperationEvent> {
    let last = after;
    while (!signal.aborted) {
      const next = this.nextAfter(last);
      if (next) {
        last = next.sequence;
        yield next;
        if (next.type === 'result') return;
      } else if (this.events.at(-1)?.type === 'result') {
        return;
      } else {
        await this.change(signal);
      }
    }
  }

  private nextAfter(sequence: number): OperationEvent | undefined {
    return sequence >= this.sequence ? undefined : this.events.find((event) => event.sequence > sequence);
  }

  private supersede(event: ServiceEvent): void {
    const earlier = this.latest.get(event.service);
    if (earlier && isOutdatedBy(earlier, event)) this.events.splice(this.events.lastIndexOf(earlier), 1);
    this.latest.set(event.service, event);
  }

  private dropOldest(): void {
    const oldest = this.events.findIndex(
      (event) => event.type === 'message' || (event.type === 'service' && this.latest.get(event.service) !== event),
    );
    if (oldest >= 0) this.events.splice(oldest, 1);
  }

  private change(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        this.waiting.delete(done);
        signal.removeEventListener('abort', done);
        resolve();
      };
      this.waiting.add(done);
      signal.addEventListener('abort', done, { once: true });
    });
  }
}
