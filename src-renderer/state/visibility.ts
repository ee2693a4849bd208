/** A signal that aborts when the page is hidden or `outer` aborts. */
export function whileVisible(outer: AbortSignal): AbortSignal {
  const controller = new AbortController();
  const end = () => {
    controller.abort();
    document.removeEventListener('visibilitychange', onChange);
  };
  const onChange = () => document.hidden && end();
  document.addEventListener('visibilitychange', onChange);
  outer.addEventListener('abort', end, { once: true });
  if (document.hidden || outer.aborted) end();
  return controller.signal;
}

/** Resolves when the page can be seen, or `signal` aborts. */
export function untilVisible(signal: AbortSignal): Promise<void> {
  if (!document.hidden || signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const end = () => {
      if (document.hidden && !signal.aborted) return;
      document.removeEventListener('visibilitychange', end);
      signal.removeEventListener('abort', end);
      resolve();
    };
    document.addEventListener('visibilitychange', end);
    signal.addEventListener('abort', end);
  });
}

/** Resolves after `milliseconds`, or at once when `signal` aborts. */
export function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, milliseconds);
    signal.addEventListener('abort', end);
  });
}
