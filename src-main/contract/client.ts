import type { z } from 'zod';
import type { Api, Call, Method, Operation, Stream } from './define.ts';
import { BacklotError, fromFailure } from './errors.ts';
import { CREDIT_STEP, INITIAL_CREDIT, Response, type Pipe } from './wire.ts';

export type Started = { readonly id: string };

type ClientMethod<M extends Method> =
  M extends Call<infer Input, infer Output>
    ? (input: z.input<Input>, signal?: AbortSignal) => Promise<z.output<Output>>
    : M extends Operation<infer Input, z.ZodType>
      ? (input: z.input<Input>, signal?: AbortSignal) => Promise<Started>
      : M extends Stream<infer Input, infer Item>
        ? (input: z.input<Input>, signal?: AbortSignal) => AsyncIterable<z.output<Item>>
        : never;

export type Client<A extends Api> = {
  readonly [Noun in keyof A]: { readonly [Verb in keyof A[Noun]]: ClientMethod<A[Noun][Verb]> };
};

/** A typed client over any pipe. When the pipe closes, every pending call and stream fails with `connection-lost`. */
export function createClient<A extends Api>(api: A, pipe: Pipe): Client<A> {
  const connection = new Connection(pipe);
  const nouns = Object.entries(api).map(([noun, verbs]) => {
    const methods = Object.entries(verbs).map(([verb, method]) => {
      const name = `${noun}.${verb}`;
      return [
        verb,
        method.kind === 'stream'
          ? (input: unknown, signal?: AbortSignal) => connection.open(name, input, signal)
          : (input: unknown, signal?: AbortSignal) => connection.call(name, input, signal),
      ];
    });
    return [noun, Object.fromEntries(methods)];
  });
  return Object.fromEntries(nouns) as Client<A>;
}

type Pending = { resolve(value: unknown): void; reject(error: Error): void };

class Connection {
  private readonly pipe: Pipe;
  private readonly calls = new Map<number, Pending>();
  private readonly feeds = new Map<number, Feed>();
  private lastId = 0;
  private closed = false;

  constructor(pipe: Pipe) {
    this.pipe = pipe;
    pipe.onMessage((message) => this.receive(message));
    pipe.onClose(() => this.fail());
  }

  call(method: string, input: unknown, signal?: AbortSignal): Promise<unknown> {
    if (this.closed) return Promise.reject(connectionLost());
    const id = ++this.lastId;
    return new Promise((resolve, reject) => {
      const onAbort = () => {
        this.pipe.send({ t: 'close', id });
        this.calls.delete(id);
        reject(new BacklotError('cancelled', 'cancelled'));
      };
      if (signal?.aborted) return onAbort();
      signal?.addEventListener('abort', onAbort, { once: true });
      const settle = () => signal?.removeEventListener('abort', onAbort);
      this.calls.set(id, {
        resolve: (value) => (settle(), resolve(value)),
        reject: (error) => (settle(), reject(error)),
      });
      this.pipe.send({ t: 'call', id, method, input });
    });
  }

  async *open(method: string, input: unknown, signal?: AbortSignal): AsyncGenerator<unknown> {
    if (this.closed) throw connectionLost();
    if (signal?.aborted) return;
    const id = ++this.lastId;
    const feed = new Feed();
    const onAbort = () => feed.end();
    signal?.addEventListener('abort', onAbort, { once: true });
    this.feeds.set(id, feed);
    this.pipe.send({ t: 'open', id, method, input, credit: INITIAL_CREDIT });
    let read = 0;
    try {
      for (;;) {
        const next = await feed.next();
        if (next.done) return;
        yield next.value;
        read += next.size;
        if (read < CREDIT_STEP) continue;
        this.pipe.send({ t: 'credit', id, amount: read });
        read = 0;
      }
    } finally {
      signal?.removeEventListener('abort', onAbort);
      if (this.feeds.delete(id)) this.pipe.send({ t: 'close', id });
    }
  }

  private receive(message: unknown): void {
    const parsed = Response.safeParse(message);
    if (!parsed.success) return;
    const response = parsed.data;
    switch (response.t) {
      case 'answer':
        this.calls.get(response.id)?.resolve(response.value);
        this.calls.delete(response.id);
        break;
      case 'failure':
        this.calls.get(response.id)?.reject(fromFailure(response.error));
        this.calls.delete(response.id);
        break;
      case 'item':
        this.feeds.get(response.id)?.push(response.value, response.size);
        break;
      case 'end': {
        const feed = this.feeds.get(response.id);
        this.feeds.delete(response.id);
        feed?.end(response.error && fromFailure(response.error));
        break;
      }
      default:
        response satisfies never;
    }
  }

  private fail(): void {
    this.closed = true;
    for (const pending of this.calls.values()) pending.reject(connectionLost());
    for (const feed of this.feeds.values()) feed.end(connectionLost());
    this.calls.clear();
    this.feeds.clear();
  }
}

type Next = { done: true } | { done: false; value: unknown; size: number };

/** Items that have arrived and not yet been read. Bounded by the credit that the reader has granted. */
class Feed {
  private readonly items: { value: unknown; size: number }[] = [];
  private wake: (() => void) | undefined;
  private ended = false;
  private error: Error | undefined;

  push(value: unknown, size: number): void {
    this.items.push({ value, size });
    this.wake?.();
  }

  end(error?: Error): void {
    this.ended = true;
    this.error ??= error;
    this.wake?.();
  }

  async next(): Promise<Next> {
    for (;;) {
      const item = this.items.shift();
      if (item) return { done: false, ...item };
      if (this.error) throw this.error;
      if (this.ended) return { done: true };
      await new Promise<void>((resolve) => (this.wake = resolve));
      this.wake = undefined;
    }
  }
}

function connectionLost(): BacklotError {
  return new BacklotError('connection-lost', 'The connection to Backlot was lost', { fix: 'Backlot reconnects by itself; if it does not, start it again.' });
}
