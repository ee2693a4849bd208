import { afterEach, expect, test, vi } from 'vitest';
import { untilVisible, whileVisible } from '../../../src-renderer/state/visibility.ts';

/** A page that counts who listens for it to be seen. */
function page(hidden: boolean) {
  const target = new EventTarget();
  const listeners = new Set<unknown>();
  const document = {
    hidden,
    addEventListener: (type: string, listener: () => void) => (listeners.add(listener), target.addEventListener(type, listener)),
    removeEventListener: (type: string, listener: () => void) => (listeners.delete(listener), target.removeEventListener(type, listener)),
  };
  vi.stubGlobal('document', document);
  return { listeners, turn: (isHidden: boolean) => ((document.hidden = isHidden), target.dispatchEvent(new Event('visibilitychange'))) };
}

afterEach(() => {
  vi.unstubAllGlobals();
});

test('a hidden page that looks now and then leaves no listener behind', async () => {
  const { listeners, turn } = page(true);
  const { signal } = new AbortController();
  for (let look = 0; look < 20; look++) await untilVisible(signal, 1);
  expect(listeners.size).toBe(0);
  const seen = untilVisible(signal);
  turn(true);
  expect(listeners.size).toBe(1);
  turn(false);
  await seen;
  expect(listeners.size).toBe(0);
});

test('a stream that ends while the page is seen leaves no listener behind, and one that is open ends when the page is hidden', () => {
  const { listeners, turn } = page(false);
  const outer = new AbortController();
  for (let session = 0; session < 20; session++) whileVisible(outer.signal).letGo();
  expect(listeners.size).toBe(0);
  const open = whileVisible(outer.signal);
  turn(true);
  expect([open.signal.aborted, listeners.size]).toEqual([true, 0]);
});
