import { splitText } from './terminal-text.ts';

const LARGEST = 64 * 1024;

/** What was typed and is not sent yet. One message is under way at a time, so that keys arrive in their order. */
export class Outbox {
  private readonly send: (text: string) => Promise<unknown>;
  private waiting = '';
  private sending = false;

  constructor(send: (text: string) => Promise<unknown>) {
    this.send = send;
  }

  add(text: string): void {
    this.waiting += text;
    if (!this.sending) void this.flush();
  }

  private async flush(): Promise<void> {
    this.sending = true;
    try {
      while (this.waiting !== '') {
        const [part, rest] = splitText(this.waiting, LARGEST);
        this.waiting = rest;
        await this.send(part);
      }
    } catch {
      // Keys that a broken line swallowed are not pressed again later: they may mean something else by then.
      this.waiting = '';
    } finally {
      this.sending = false;
    }
  }
}
