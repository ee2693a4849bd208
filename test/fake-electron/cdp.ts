import type { Readable, Writable } from 'node:stream';

/* eslint-disable @typescript-eslint/no-explicit-any */

type Listener = (params: any, session: string | undefined) => void;
type Pending = { resolve(value: any): void; reject(error: Error): void; method: string };

/** The DevTools protocol over Chromium's debugging pipe: JSON texts that end with a zero byte. */
export class Cdp {
  private readonly listeners = new Map<string, Listener[]>();
  private readonly pending = new Map<number, Pending>();
  private readonly output: Writable;
  private lastId = 0;
  private rest = '';

  constructor(output: Writable, input: Readable) {
    this.output = output;
    output.on('error', () => {});
    input.on('error', () => {});
    input.setEncoding('utf8').on('data', (text: string) => {
      const texts = (this.rest + text).split('\0');
      this.rest = texts.pop() ?? '';
      for (const one of texts) this.receive(JSON.parse(one));
    });
  }

  send(method: string, params: object = {}, sessionId?: string): Promise<any> {
    return new Promise((resolve, reject) => {
      const id = ++this.lastId;
      this.pending.set(id, { resolve, reject, method });
      this.output.write(`${JSON.stringify({ id, method, params, sessionId })}\0`);
    });
  }

  /** Sends what may fail because the page is gone by now. */
  tell(method: string, params: object = {}, sessionId?: string): void {
    this.send(method, params, sessionId).catch(() => {});
  }

  on(method: string, listener: Listener): void {
    this.listeners.set(method, [...(this.listeners.get(method) ?? []), listener]);
  }

  private receive({ id, result, error, method, params, sessionId }: any): void {
    if (id === undefined) {
      for (const listener of this.listeners.get(method) ?? []) listener(params, sessionId);
      return;
    }
    const pending = this.pending.get(id);
    this.pending.delete(id);
    if (error) pending?.reject(new Error(`${pending.method}: ${error.message}`));
    else pending?.resolve(result);
  }
}
