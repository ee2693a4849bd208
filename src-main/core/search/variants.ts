import type { Patterns } from './grams.ts';
import type { OriginalSet } from './original-set.ts';

/**
 * What is searched for, for each original: itself; where it has letters beyond Latin-1, UTF-16 of it; where it is a number written in groups,
 * its digits alone. Everything else that it could be written as is undone in the text instead.
 */
export function withVariants(originals: OriginalSet): { readonly patterns: Patterns; readonly originalOf: Uint32Array; readonly digitsFrom: number; /** Which bytes occur in originals, in small or capital letters. */ readonly bytes: Uint8Array } {
  const wide: Variant[] = [];
  const digits: Variant[] = [];
  const seen = new Uint8Array(256);
  for (let original = 0; original < originals.size; original++) {
    const value = originals.value(original);
    for (let index = 0; index < value.length; index++) seen[value[index] ?? 0] = 1;
    const kind = kindOf(value);
    if (kind === 'wide') wide.push(...utf16Of(value).map((bytes) => ({ original, bytes })));
    const alone = kind === 'number' ? digitsOf(value, originals.telling.digits) : undefined;
    if (alone) digits.push({ original, bytes: alone });
  }
  return { ...joined(originals, [...wide, ...digits]), digitsFrom: originals.size + wide.length, bytes: inBothCases(seen) };
}

type Variant = { readonly original: number; readonly bytes: Uint8Array };

function joined(originals: OriginalSet, variants: readonly Variant[]): { readonly patterns: Patterns; readonly originalOf: Uint32Array } {
  const count = originals.size + variants.length;
  const used = originals.start(originals.size);
  const bytes = new Uint8Array(used + variants.reduce((sum, variant) => sum + variant.bytes.length, 0));
  const starts = new Uint32Array(count + 1);
  const originalOf = new Uint32Array(count);
  bytes.set(originals.bytes.subarray(0, used));
  for (let original = 0; original < originals.size; original++) {
    starts[original] = originals.start(original);
    originalOf[original] = original;
  }
  let end = used;
  variants.forEach((variant, index) => {
    starts[originals.size + index] = end;
    originalOf[originals.size + index] = variant.original;
    bytes.set(variant.bytes, end);
    end += variant.bytes.length;
  });
  starts[count] = end;
  return { patterns: { bytes, starts, count }, originalOf };
}

/** Letters of ASCII and, by the second of their bytes, of Latin-1 differ by one bit. */
const inBothCases = (seen: Uint8Array) => seen.map((one, byte) => (one === 1 || ((byte >= 0x80 || /[a-z]/i.test(String.fromCharCode(byte))) && seen[byte ^ 0x20] === 1) ? 1 : 0));

/** Wide: letters beyond Latin-1. Number: digits with at most a few letters, and something else between. */
function kindOf(value: Uint8Array): 'wide' | 'number' | 'other' {
  let [digits, letters, others] = [0, 0, 0];
  for (let index = 0; index < value.length; index++) {
    const byte = value[index] ?? 0;
    if (byte >= 0xc4) return 'wide';
    if (byte >= 0x30 && byte <= 0x39) digits += 1;
    else if (byte >= 0x41) letters += 1;
    else others += 1;
  }
  return letters <= 2 && letters + others > 0 && digits > 0 ? 'number' : 'other';
}

/** Without leading zeros: a number of one country, with that country's code before it, goes without them. */
function digitsOf(value: Uint8Array, least: number): Uint8Array | undefined {
  const digits = value.filter((byte) => byte >= 0x30 && byte <= 0x39);
  const first = digits.findIndex((byte) => byte !== 0x30);
  return first === -1 || digits.length - first < least ? undefined : digits.subarray(first);
}

function utf16Of(value: Uint8Array): Uint8Array[] {
  const little = Buffer.from(Buffer.from(value).toString('utf8'), 'utf16le');
  return [little, Buffer.from(little).swap16()];
}
