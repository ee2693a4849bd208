import type { Pipe } from '#contract/wire.ts';

/** Two ends of one pipe in one process. Messages are copied through JSON, so nothing passes that a real wire would lose. */
export function memoryPipe(): readonly [Pipe, Pipe] {
  const left = new End();
  const right = new End();
  left.other = right;
  right.other = left;
  return [left, right];
}

class End implements Pipe {
  other: End | undefined;
  private readonly messageListeners: ((message: unknown) => void)[] = [];
  private readonly closeListeners: (() => void)[] = [];
  private closed = false;

  send(message: unknown): void {
    if (this.closed) return;
    const text = JSON.stringify(message);
    queueMicrotask(() => this.other?.receive(text));
  }

  onMessage(listener: (message: unknown) => void): void {
    this.messageListeners.push(listener);
  }

  onClose(listener: () => void): void {
    this.closeListeners.push(listener);
  }

  close(): void {
    if (this.closed) return;
    this.closed = true;
    for (const listener of this.closeListeners) listener();
    this.other?.close();
  }

  private receive(text: string): void {
    if (this.closed) return;
    for (const listener of this.messageListeners) listener(JSON.parse(text));
  }
}
