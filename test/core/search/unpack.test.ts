import { constants, deflateRawSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { mayBeDeflated, unpackShort } from '#core/search/unpack.ts';

/** The same numbers each time, from 0 up to one. */
function random(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

describe('whether a deflated block can begin somewhere', () => {
  test('whatever was deflated can', () => {
    const next = random(1);
    for (let round = 0; round < 2000; round++) {
      const letters = 1 + next(200);
      const content = Buffer.from(Array.from({ length: next(3000) }, () => next(letters)));
      const strategy = [constants.Z_DEFAULT_STRATEGY, constants.Z_FIXED, constants.Z_HUFFMAN_ONLY, constants.Z_RLE][next(4)] ?? 0;
      const packed = deflateRawSync(content, { level: next(10), strategy });
      expect(mayBeDeflated(packed, 0), `round ${round}`).toBe(true);
      // Cut off anywhere, nobody knows.
      expect(mayBeDeflated(packed.subarray(0, 1 + next(packed.length)), 0), `round ${round}, cut off`).toBe(true);
    }
  });

  test('where it cannot, nothing can be unpacked, and most of what stands anywhere cannot', () => {
    const next = random(2);
    let ruledOut = 0;
    for (let round = 0; round < 4000; round++) {
      const bytes = Buffer.from(Array.from({ length: 200 }, () => next(256)));
      if (mayBeDeflated(bytes, 0)) continue;
      ruledOut += 1;
      expect(unpackShort(bytes), `round ${round}`).toBeUndefined();
    }
    expect(ruledOut).toBeGreaterThan(2800);
  });
});
