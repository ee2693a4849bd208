/**
 * A signal that aborts after so many milliseconds, for `AbortSignal.any`: a plain `AbortSignal.timeout` to which only another signal refers
 * is taken for garbage by Node (nodejs/node#57736), and neither aborts then, ever. Whoever listens keeps it.
 */
export function timeLimit(milliseconds: number): AbortSignal {
  const limit = AbortSignal.timeout(milliseconds);
  limit.addEventListener('abort', () => {}, { once: true });
  return limit;
}
