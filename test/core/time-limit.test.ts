import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { timeLimit } from '#core/time-limit.ts';

setFlagsFromString('--expose_gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** Nobody but the promise knows the signals. */
const aborted = (limit: AbortSignal) => {
  const either = AbortSignal.any([new AbortController().signal, limit]);
  return new Promise<string>((resolve) => either.addEventListener('abort', () => resolve((either.reason as Error).name), { once: true }));
};

test('a time limit ends what it is a part of, also where memory is collected meanwhile', async () => {
  const ended = aborted(timeLimit(300));
  const collecting = setInterval(collectGarbage, 20);
  try {
    const late = new Promise<string>((resolve) => setTimeout(resolve, 10_000, 'never').unref());
    expect(await Promise.race([ended, late])).toBe('TimeoutError');
  } finally {
    clearInterval(collecting);
  }
});
