import { expect, test } from 'vitest';
import { newText } from '#core/search/gram-index.ts';
import { ScanKernel, type Runs } from '#core/search/kernel/scan-kernel.ts';
import { base64Values, Plausible } from '#core/search/plausible.ts';
import fc from '../../support/properties.ts';

const scan = new ScanKernel();
const plausible = new Plausible(Uint8Array.from({ length: 256 }, (_, byte) => (/[a-z]/i.test(String.fromCharCode(byte)) ? 1 : 0)));

/** Texts of pieces that the kinds of run are made of, often longer than the 64 bytes that are looked at together. */
const piece = fc.oneof(
  { weight: 4, arbitrary: fc.string({ unit: fc.constantFrom(...'0123456789abcdefgxyzABCDEFGXYZ+/-_ .()\0\0\n%=&\'\\"'), maxLength: 20 }) },
  fc.string({ unit: fc.constantFrom(...'0123456789abcdefABCDEF'), maxLength: 200 }),
  fc.string({ unit: fc.constantFrom('41', '62', '6A', '7a', '50', '1f8b', '504b', '3'), maxLength: 40 }),
  fc.string({ unit: fc.constantFrom(...'0123456789 -./()+'), maxLength: 150 }),
  fc.string({ unit: fc.constantFrom(...'YWxpY2Ugd29uZGVyQHNob3'), maxLength: 150 }),
  fc.string({ unit: fc.constantFrom(...'abcéß'), maxLength: 100 }).map((text) => Buffer.from(text, 'utf16le').toString('latin1')),
  fc.string({ unit: fc.constantFrom(...'\\n%41=3D&#'), maxLength: 30 }),
);
const scene = fc.record({ text: fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join('')), seen: fc.nat(300) });

const textOf = (bytes: Buffer) => {
  const text = newText(bytes.length);
  text.bytes.set(bytes);
  return { ...text, length: bytes.length };
};
const listed = ({ list, count }: Runs) => Array.from({ length: count }, (_, index) => [list[index * 2] ?? 0, list[index * 2 + 1] ?? 0] as const);
const matches = (text: string, pattern: RegExp) => [...text.matchAll(pattern)].map((match) => [match.index, match.index + match[0].length] as const);

function check(naive: (text: string, seen: number, bytes: Buffer) => readonly (readonly [number, number])[], quick: () => Runs): void {
  fc.assert(
    fc.property(scene, ({ text, seen }) => {
      const bytes = Buffer.from(text, 'latin1');
      scan.begin(textOf(bytes), seen);
      expect(listed(quick())).toEqual(naive(text, seen, bytes));
    }),
    { numRuns: 500 },
  );
}

test('finds the very runs of hexadecimal digits that can hold a value', () => {
  const canBe = (digits: string) => [digits, digits.slice(1)].some((half) => /^(1f8b|504b|28b5)/i.test(half) || /[a-z]{6}/i.test(Buffer.from(half.slice(0, half.length & ~1), 'hex').toString('latin1')));
  check((text, seen) => matches(text, /[0-9a-f]{12,}/gi).filter(([start, end]) => end > seen && canBe(text.slice(start, end))), () => scan.hexadecimal(plausible.bytes));
});

test('finds the very runs of letters that can be base64, or may go on in the next line', () => {
  const naive = (text: string, seen: number, bytes: Buffer) =>
    matches(text, /[a-z0-9+/_-]{8,}/gi).filter(([start, end]) => end - start >= 60 || (end > seen && (plausible.canBeBase64(bytes, start, end) || isPacked(text.slice(start, end)))));
  check(naive, () => scan.words(base64Values, plausible.places));
});

test('finds the very numbers that are written in groups', () => {
  const isGrouped = (number: string) => number.replace(/\D/g, '').length >= 9 && /\d\D+\d/.test(number);
  fc.assert(
    fc.property(scene, ({ text, seen }) => {
      scan.begin(textOf(Buffer.from(text, 'latin1')), seen);
      const naive = matches(text, /[0-9 \-./()+]+/g).filter(([start, end]) => end > seen && isGrouped(text.slice(start, end)));
      let from = 0;
      const found = listed(scan.numbers(9)).map(([start, end]) => {
        const digits = Buffer.from(scan.digits.subarray(from, end)).toString();
        from = end + 1;
        return [start, digits];
      });
      expect(found).toEqual(naive.map(([start, end]) => [start, text.slice(start, end).replace(/\D/g, '')]));
    }),
    { numRuns: 500 },
  );
});

test('finds every run of letters with a zero byte each', () => {
  fc.assert(
    fc.property(scene, fc.nat(80), fc.boolean(), ({ text }, before, isSwapped) => {
      const letters = Buffer.from('Quillon & Söhne', 'utf16le');
      const bytes = Buffer.concat([Buffer.alloc(before, 1), isSwapped ? letters.swap16() : letters, Buffer.from([1, 1]), Buffer.from(text, 'latin1')]);
      scan.begin(textOf(bytes), 0);
      const holds = listed(scan.utf16()).some(([start, end]) => start <= before + 1 && end >= before + letters.length - 1);
      expect(holds).toBe(true);
    }),
    { numRuns: 300 },
  );
});

test('groups escapes by how far they stand from each other', () => {
  const begins = Uint8Array.from({ length: 256 }, (_, byte) => (byte === 0x25 ? 2 : byte === 0x5c ? 1 : 0));
  const follows = Uint8Array.from({ length: 256 }, (_, byte) => (byte === 0x34 ? 2 : byte === 0x6e ? 1 : 0));
  const naive = (text: string) => {
    const groups: [number, number][] = [];
    for (const [at] of matches(text, /\\n|%4/g)) {
      const last = groups.at(-1);
      if (last && at - last[1] <= 20) last[1] = at;
      else groups.push([at, at]);
    }
    return groups;
  };
  check(naive, () => scan.escapes(begins, follows, 20));
});

test('refuses a text that is longer than its memory', () => {
  expect(() => scan.begin(textOf(Buffer.alloc(1 << 21)), 0)).toThrow(RangeError);
});

/** By the two bytes that gzip, zip, zstd and zlib begin with, the last also after four of MySQL. */
function isPacked(word: string): boolean {
  const bytes = Buffer.from(word.slice(0, 8), 'base64').toString('hex');
  const zlib = ['7801', '785e', '789c', '78da'];
  return word.length >= 18 && (['1f8b', '504b', '28b5', ...zlib].includes(bytes.slice(0, 4)) || zlib.includes(bytes.slice(8, 12)));
}
