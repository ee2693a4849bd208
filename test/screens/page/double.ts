import { toFailure } from '#contract/errors.ts';
import type { Pipe } from '#contract/wire.ts';

type Message = { readonly t: string; readonly id: number; readonly method: string; readonly input: Record<string, unknown> };

/** What the double answers, by method. A function of a stream gives its items; it may never end. */
export type Answers = Readonly<Record<string, (input: Record<string, unknown>, signal: AbortSignal) => unknown>>;

/** A pipe to a core that is made up: the page cannot tell it from a real one. */
export function doublePipe(answers: Answers): Pipe {
  const listeners: ((message: unknown) => void)[] = [];
  const closers: (() => void)[] = [];
  const open = new Map<number, AbortController>();
  const tell = (message: unknown) => queueMicrotask(() => listeners.forEach((listener) => listener(structuredClone(message))));

  async function answer({ t, id, method, input }: Message): Promise<void> {
    const controller = new AbortController();
    open.set(id, controller);
    const give = answers[method];
    try {
      if (!give) throw new Error(`The double has no answer for ${method}`);
      if (t === 'call') return tell({ t: 'answer', id, value: await give(input, controller.signal) });
      for await (const value of give(input, controller.signal) as AsyncIterable<unknown>) {
        if (controller.signal.aborted) return;
        tell({ t: 'item', id, value, size: 1 });
      }
      tell({ t: 'end', id });
    } catch (thrown) {
      tell(t === 'call' ? { t: 'failure', id, error: toFailure(thrown) } : { t: 'end', id, error: toFailure(thrown) });
    }
  }

  return {
    send(message) {
      const request = message as Message;
      if (request.t === 'call' || request.t === 'open') void answer(request);
      if (request.t === 'close') open.get(request.id)?.abort();
    },
    onMessage: (listener) => void listeners.push(listener),
    onClose: (listener) => void closers.push(listener),
    close: () => closers.forEach((listener) => listener()),
  };
}

/** Nothing, for ever: a call that hangs or a stream that stays open. */
export function never(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => signal.addEventListener('abort', () => reject(new DOMException('aborted', 'AbortError'))));
}
