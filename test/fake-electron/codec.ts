/* eslint-disable @typescript-eslint/no-explicit-any */

export type Codec = { encode(value: unknown): string; decode(text: string): unknown };

/**
 * Structured clone as text: what may pass, and as what it arrives, is decided by the engine's own `structuredClone`. Self-contained,
 * because the page gets it as source text.
 */
export function createCodec(): Codec {
  const toBase64 = (bytes: Uint8Array) => {
    let binary = '';
    for (let at = 0; at < bytes.length; at += 0x8000) binary += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
    return btoa(binary);
  };
  const fromBase64 = (text: string) => Uint8Array.from(atob(text), (character) => character.charCodeAt(0));

  function encode(value: unknown): string {
    let clone: unknown;
    try {
      clone = structuredClone(value);
    } catch {
      throw new Error('An object could not be cloned.');
    }
    const seen = new Map<object, number>();
    return JSON.stringify(write(clone));

    function write(item: any): unknown {
      if (item === undefined) return { t: 'undefined' };
      if (typeof item === 'number' && (!Number.isFinite(item) || Object.is(item, -0))) return { t: 'number', v: Object.is(item, -0) ? '-0' : String(item) };
      if (typeof item === 'bigint') return { t: 'bigint', v: String(item) };
      if (typeof item !== 'object' || item === null) return item as unknown;
      const known = seen.get(item);
      if (known !== undefined) return { t: 'same', v: known };
      seen.set(item, seen.size);
      if (Array.isArray(item)) return { t: 'array', v: Array.from(item, (entry) => write(entry)) };
      if (item instanceof Date) return { t: 'date', v: item.getTime() };
      if (item instanceof RegExp) return { t: 'regexp', v: [item.source, item.flags] };
      if (item instanceof Map) return { t: 'map', v: [...item].map(([key, entry]) => [write(key), write(entry)]) };
      if (item instanceof Set) return { t: 'set', v: [...item].map((entry) => write(entry)) };
      if (item instanceof Error) return { t: 'error', v: [item.name, item.message, item.stack] };
      if (item instanceof ArrayBuffer) return { t: 'buffer', v: toBase64(new Uint8Array(item)) };
      if (ArrayBuffer.isView(item)) return { t: 'view', v: [item.constructor.name, toBase64(new Uint8Array(item.buffer, item.byteOffset, item.byteLength))] };
      return { t: 'object', v: Object.entries(item as object).map(([key, entry]) => [key, write(entry)]) };
    }
  }

  function decode(text: string): unknown {
    const seen: unknown[] = [];
    return read(JSON.parse(text));

    function remember<Kept>(kept: Kept): Kept {
      seen.push(kept);
      return kept;
    }

    function read(item: any): unknown {
      if (typeof item !== 'object' || item === null) return item as unknown;
      const { t, v } = item;
      switch (t) {
        case 'undefined': return undefined;
        case 'number': return Number(v);
        case 'bigint': return BigInt(v);
        case 'same': return seen[v];
        case 'date': return remember(new Date(v));
        case 'regexp': return remember(new RegExp(v[0], v[1]));
        case 'buffer': return remember(fromBase64(v).buffer);
        case 'view': {
          const { buffer } = fromBase64(v[1]);
          const View = v[0] === 'Buffer' ? Uint8Array : ((globalThis as any)[v[0]] as new (buffer: ArrayBufferLike) => unknown);
          return remember(new View(buffer));
        }
        case 'error': {
          const error = remember(new Error(v[1]));
          error.name = v[0];
          error.stack = v[2];
          return error;
        }
        case 'array': {
          const list = remember([] as unknown[]);
          for (const entry of v) list.push(read(entry));
          return list;
        }
        case 'map': {
          const map = remember(new Map());
          for (const [key, entry] of v) map.set(read(key), read(entry));
          return map;
        }
        case 'set': {
          const set = remember(new Set());
          for (const entry of v) set.add(read(entry));
          return set;
        }
        default: {
          const object = remember({} as Record<string, unknown>);
          for (const [key, entry] of v) Object.defineProperty(object, key, { value: read(entry), writable: true, enumerable: true, configurable: true });
          return object;
        }
      }
    }
  }

  return { encode, decode };
}

export const codec = createCodec();
