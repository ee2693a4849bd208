import { BacklotError } from '#contract/errors.ts';

/** Milliseconds that a call of each class may take in all. */
export const DEADLINE = { ping: 10_000, read: 10_000, change: 30_000, logsIdle: 30_000, pullIdle: 120_000 } as const;

/** The reason of an abort that was caused by a deadline. */
export class DeadlineExceeded extends Error {
  readonly milliseconds: number;
  constructor(milliseconds: number) {
    super(`no answer within ${milliseconds / 1000} s`);
    this.milliseconds = milliseconds;
  }
}

/** The error of work that its own caller ended. */
export const cancelled = () => new BacklotError('cancelled', 'cancelled');

/**
 * Runs work under a deadline and the signals of whoever may end it. Settles by then even where the work never does;
 * the signal that the work was given aborts with it, which destroys its connection.
 */
export async function withDeadline<Result>(milliseconds: number, signals: readonly AbortSignal[], work: (signal: AbortSignal) => Promise<Result>): Promise<Result> {
  if (signals.some((signal) => signal.aborted)) throw cancelled();
  const controller = new AbortController();
  return new Promise<Result>((resolve, reject) => {
    const end = (error: Error) => {
      settle();
      reject(error);
      controller.abort(error);
    };
    const timer = setTimeout(() => end(new DeadlineExceeded(milliseconds)), milliseconds);
    const onAbort = () => end(cancelled());
    const settle = () => {
      clearTimeout(timer);
      for (const signal of signals) signal.removeEventListener('abort', onAbort);
    };
    for (const signal of signals) signal.addEventListener('abort', onAbort, { once: true });
    work(controller.signal).then(
      (result) => {
        settle();
        resolve(result);
      },
      (error: unknown) => {
        settle();
        reject(error instanceof Error ? error : new Error(String(error)));
      },
    );
  });
}

/** Waits, unless the signal ends it. */
export function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, milliseconds);
    signal.addEventListener('abort', done, { once: true });
  });
}
