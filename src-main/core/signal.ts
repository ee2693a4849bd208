/** Says that something changed; any number of raises before somebody looks count as one. */
export class Signal {
  private raised = false;
  private wake: (() => void) | undefined;

  raise(): void {
    this.raised = true;
    this.wake?.();
  }

  /** Resolves when raised (or at once if it was), after `limit` milliseconds, or on abort. */
  async wait(limit: number, signal: AbortSignal): Promise<void> {
    if (!this.raised && !signal.aborted) await this.pause(limit, signal, true);
    this.raised = false;
  }

  /** Lets `time` milliseconds pass, in which raises are gathered. */
  async gather(time: number, signal: AbortSignal): Promise<void> {
    if (!signal.aborted) await this.pause(time, signal, false);
    this.raised = false;
  }

  private pause(time: number, signal: AbortSignal, wakeOnRaise: boolean): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        signal.removeEventListener('abort', done);
        this.wake = undefined;
        resolve();
      };
      const timer = setTimeout(done, time);
      signal.addEventListener('abort', done, { once: true });
      if (wakeOnRaise) this.wake = done;
    });
  }
}
