import { BacklotError, toFailure } from '#contract/errors.ts';
import type { Check } from '#contract/system.ts';
import { timeLimit } from '#core/time-limit.ts';

export type Finding = Omit<Check, 'id'>;

/** One thing to look at. `undefined` where there is nothing to say, such as about the ports of no project. */
export type Examination = { readonly id: string; readonly look: (signal: AbortSignal) => Promise<Finding | undefined> };

/** Runs all at the same time. Each ends by itself within `deadline` milliseconds; one that fails or hangs says so and spoils no other. */
export async function examine(examinations: readonly Examination[], deadline: number, signal: AbortSignal): Promise<Check[]> {
  const checks = await Promise.all(examinations.map((examination) => examineOne(examination, deadline, signal)));
  signal.throwIfAborted();
  return checks.flatMap((check) => check ?? []);
}

async function examineOne({ id, look }: Examination, deadline: number, signal: AbortSignal): Promise<Check | undefined> {
  const limit = timeLimit(deadline);
  const either = AbortSignal.any([signal, limit]);
  const late = new Promise<Finding>((_, reject) => {
    either.addEventListener('abort', () => reject(new BacklotError('cancelled', 'cancelled')), { once: true });
  });
  try {
    const finding = await Promise.race([look(either), late]);
    return finding && { id, ...finding };
  } catch (error) {
    if (limit.aborted) return { id, status: 'fail', message: `No answer within ${deadline / 1000} seconds` };
    const { message, where, cause, fix } = toFailure(error);
    const place = where ? ` (${[where.file, where.line, where.column].filter((part) => part !== undefined).join(':')})` : '';
    const reason = cause && !message.includes(cause) ? `: ${cause}` : '';
    return { id, status: 'fail', message: `${message}${place}${reason}`, ...(fix && { fix }) };
  }
}
