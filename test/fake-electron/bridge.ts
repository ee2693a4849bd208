/* eslint-disable @typescript-eslint/no-explicit-any */

export type Bridge = { describe(value: unknown): unknown; build(description: any): any };

/**
 * Electron's context bridge between the preload's world and the page's: values are copied, functions and promises are stood in for. It
 * rides on DOM events, whose `detail` the engine copies between worlds. Self-contained, because both worlds get it as source text.
 */
export function createBridge(me: 'page' | 'preload'): Bridge {
  const other = me === 'page' ? 'preload' : 'page';
  const functions = new Map<number, (...args: unknown[]) => unknown>();
  const promises = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>();
  let lastId = 0;
  let returned: { ok: boolean; value: unknown } | undefined;

  const tell = (to: string, word: string, detail: unknown) => document.dispatchEvent(new CustomEvent(`fake-electron:${to}:${word}`, { detail }));
  const listen = (word: string, listener: (detail: any) => void) => document.addEventListener(`fake-electron:${me}:${word}`, (event) => listener((event as CustomEvent).detail), true);

  function describe(value: unknown): unknown {
    if (typeof value === 'function') {
      functions.set(++lastId, value as (...args: unknown[]) => unknown);
      return { t: 'function', v: lastId };
    }
    if (value instanceof Promise) {
      const id = ++lastId;
      const settle = (ok: boolean) => (result: unknown) => tell(other, 'settle', { id, ok, value: ok ? describe(result) : messageOf(result) });
      value.then(settle(true), settle(false));
      return { t: 'promise', v: id };
    }
    if (typeof value === 'symbol') throw new Error('An object could not be cloned.');
    if (Array.isArray(value)) return { t: 'array', v: value.map(describe) };
    if (value instanceof Error) return { t: 'error', v: value.message };
    if (typeof value === 'object' && value !== null && isPlain(value)) return { t: 'object', v: Object.entries(value).map(([key, entry]) => [key, describe(entry)]) };
    try {
      return { t: 'value', v: structuredClone(value) };
    } catch {
      throw new Error('An object could not be cloned.');
    }
  }

  function build({ t, v }: any): any {
    switch (t) {
      case 'function':
        return (...args: unknown[]) => {
          returned = undefined;
          tell(other, 'call', { id: v, args: args.map(describe) });
          const answer = returned as { ok: boolean; value: any } | undefined;
          if (!answer) throw new Error('The other world is gone');
          if (!answer.ok) throw new Error(String(answer.value));
          return build(answer.value);
        };
      case 'promise':
        return new Promise((resolve, reject) => promises.set(v, { resolve, reject }));
      case 'array':
        return v.map(build);
      case 'error':
        return new Error(v);
      case 'object':
        return Object.fromEntries(v.map(([key, entry]: [string, unknown]) => [key, build(entry)]));
      default:
        return v;
    }
  }

  listen('call', ({ id, args }) => {
    let answer: { ok: boolean; value: unknown };
    try {
      answer = { ok: true, value: describe(functions.get(id)?.(...args.map(build))) };
    } catch (error) {
      answer = { ok: false, value: messageOf(error) };
    }
    tell(other, 'return', answer);
  });
  listen('return', (answer) => (returned = answer));
  listen('settle', ({ id, ok, value }) => {
    const promise = promises.get(id);
    promises.delete(id);
    if (ok) promise?.resolve(build(value));
    else promise?.reject(new Error(value));
  });

  function messageOf(error: unknown): string {
    return error instanceof Error ? error.message : String(error);
  }

  function isPlain(value: object): boolean {
    return !(value instanceof Date || value instanceof RegExp || value instanceof Map || value instanceof Set || value instanceof ArrayBuffer || ArrayBuffer.isView(value) || value instanceof Node || value instanceof Event);
  }

  return { describe, build };
}
