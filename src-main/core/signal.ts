/** Says that something changed; any number of raises before somebody looks count as one. */
export class Signal {
  private raised = false;
  private readonly waiters = new Set<() => void>();

  /** Wakes everybody who waits; where nobody does, the next to wait goes on at once. */
  raise(): void {
    this.raised = this.waiters.size === 0;
    for (const wake of [...this.waiters]) wake();
  }

  /** Resolves when raised (or at once if it was), after `limit` milliseconds, or on abort. */
  async wait(limit: number, signal: AbortSignal): Promise<void> {
    if (this.raised || signal.aborted) {
      this.raised = false;
      return;
    }
    await pause(limit, signal, (wake) => {
      this.waiters.add(wake);
      return () => this.waiters.delete(wake);
    });
  }

  /** Lets `time` milliseconds pass; what is raised meanwhile counts as seen. */
  async gather(time: number, signal: AbortSignal): Promise<void> {
    if (!signal.aborted) await pause(time, signal, () => () => {});
    this.raised = false;
  }
}

function pause(time: number, signal: AbortSignal, enter: (wake: () => void) => () => void): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      leave();
      resolve();
    };
    const timer = setTimeout(done, time);
    signal.addEventListener('abort', done, { once: true });
    const leave = enter(done);
  });
}
