/** A signal that aborts when the page is hidden or `outer` aborts, until it is let go. */
export function whileVisible(outer: AbortSignal): { readonly signal: AbortSignal; readonly letGo: () => void } {
  const controller = new AbortController();
  const letGo = () => {
    document.removeEventListener('visibilitychange', onChange);
    outer.removeEventListener('abort', end);
  };
  const end = () => {
    letGo();
    controller.abort();
  };
  const onChange = () => document.hidden && end();
  document.addEventListener('visibilitychange', onChange);
  outer.addEventListener('abort', end);
  if (document.hidden || outer.aborted) end();
  return { signal: controller.signal, letGo };
}

/** Resolves when the page can be seen, or `signal` aborts, or after `longest` milliseconds where that is said. */
export function untilVisible(signal: AbortSignal, longest?: number): Promise<void> {
  if (!document.hidden || signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const onChange = () => document.hidden || end();
    const end = () => {
      clearTimeout(timer);
      document.removeEventListener('visibilitychange', onChange);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = longest === undefined ? undefined : setTimeout(end, longest);
    document.addEventListener('visibilitychange', onChange);
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
