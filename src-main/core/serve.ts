import { BacklotError, toFailure } from '#contract/errors.ts';
import { Request, type Pipe, type Response } from '#contract/wire.ts';
import type { Dispatcher } from './dispatcher.ts';

/** Open calls and streams that one client may have at a time. */
const MOST_OPEN = 500;

/** Answers one client over one pipe until it closes; everything the client had open ends with it, except operations. */
export function serve(pipe: Pipe, dispatcher: Dispatcher): void {
  const open = new Map<number, { readonly controller: AbortController; grant(amount: number): void }>();
  const send = (response: Response) => pipe.send(response);

  pipe.onClose(() => {
    for (const { controller } of open.values()) controller.abort();
    open.clear();
  });

  pipe.onMessage((message) => {
    const parsed = Request.safeParse(message);
    if (!parsed.success) return;
    const request = parsed.data;
    switch (request.t) {
      case 'call':
        return void answer(request.id, request.method, request.input);
      case 'open':
        return void feed(request.id, request.method, request.input, request.credit);
      case 'credit':
        return open.get(request.id)?.grant(request.amount);
      case 'close':
        open.get(request.id)?.controller.abort();
        return void open.delete(request.id);
      default:
        request satisfies never;
    }
  });

  function enter(id: number, grant: (amount: number) => void): AbortController {
    if (open.has(id)) throw new BacklotError('input-invalid', `The id ${id} is already in use`);
    if (open.size >= MOST_OPEN) throw new BacklotError('input-invalid', `More than ${MOST_OPEN} calls and streams are open`);
    const controller = new AbortController();
    open.set(id, { controller, grant });
    return controller;
  }

  async function answer(id: number, method: string, input: unknown): Promise<void> {
    try {
      const controller = enter(id, () => {});
      try {
        send({ t: 'answer', id, value: await dispatcher.call(method, input, controller.signal) });
      } finally {
        open.delete(id);
      }
    } catch (error) {
      send({ t: 'failure', id, error: toFailure(error) });
    }
  }

  async function feed(id: number, method: string, input: unknown, initialCredit: number): Promise<void> {
    let credit = initialCredit;
    let wake: (() => void) | undefined;
    const grant = (amount: number) => {
      credit += amount;
      if (credit > 0) wake?.();
    };
    try {
      const controller = enter(id, grant);
      try {
        for await (const value of dispatcher.open(method, input, controller.signal)) {
          const size = JSON.stringify(value).length;
          credit -= size;
          send({ t: 'item', id, value, size });
          while (credit <= 0 && !controller.signal.aborted) await untilGranted(controller.signal);
          if (controller.signal.aborted) break;
        }
        send({ t: 'end', id });
      } finally {
        open.delete(id);
      }
    } catch (error) {
      send({ t: 'end', id, error: toFailure(error) });
    }

    function untilGranted(signal: AbortSignal): Promise<void> {
      return new Promise((resolve) => {
        const done = () => {
          wake = undefined;
          signal.removeEventListener('abort', done);
          resolve();
        };
        wake = done;
        signal.addEventListener('abort', done, { once: true });
      });
    }
  }
}
