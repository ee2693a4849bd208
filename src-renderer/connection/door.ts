import type { Pipe } from '#contract/wire.ts';

/** A way into the core. */
export interface Door {
  /** Opens one pipe. Fails with `unauthorized` where the user must bring a key first; any other failure is worth another try. */
  open(): Promise<{ readonly pipe: Pipe; readonly directory: string | undefined }>;
  /** Calls `listener` when a key has come by another way, such as another tab. */
  onUnlocked(listener: () => void): void;
}

/** The listeners of a pipe that may close before anybody listens. */
export class PipeEvents {
  private readonly messageListeners: ((message: unknown) => void)[] = [];
  private readonly closeListeners: (() => void)[] = [];
  private readonly early: unknown[] = [];
  private closed = false;

  onMessage(listener: (message: unknown) => void): void {
    this.messageListeners.push(listener);
    for (const message of this.early.splice(0)) listener(message);
  }

  onClose(listener: () => void): void {
    if (this.closed) listener();
    else this.closeListeners.push(listener);
  }

  receive(text: string): void {
    if (this.closed) return;
    const message: unknown = JSON.parse(text);
    if (this.messageListeners.length === 0) this.early.push(message);
    for (const listener of this.messageListeners) listener(message);
  }

  /** Answers whether this was the first call. */
  close(): boolean {
    if (this.closed) return false;
    this.closed = true;
    for (const listener of this.closeListeners) listener();
    return true;
  }
}
