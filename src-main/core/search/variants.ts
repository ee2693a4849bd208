import type { Patterns } from './grams.ts';
import type { OriginalSet } from './original-set.ts';
import { storedForms } from './stored-forms.ts';

/**
 * What is searched for, for each original: itself; the bytes by which servers store it; where it has letters beyond Latin-1, UTF-16 of it; where
 * it is a number written in groups, its digits alone. Everything else that it could be written as is undone in the text instead.
 */
export function withVariants(originals: OriginalSet): { readonly patterns: Patterns; readonly originalOf: Uint32Array; /** Patterns that are no letters: stored bytes. */ readonly stored: { readonly from: number; readonly to: number }; readonly digitsFrom: number; /** Which bytes occur in originals, in small or capital letters. */ readonly bytes: Uint8Array } {
  const stored = new Values();
  const wide = new Values();
  const digits = new Values();
  const seen = new Uint8Array(256);
  const memory = new Uint8Array(64);
  const { bytes } = originals;
  for (let original = 0; original < originals.size; original++) {
    const [from, to] = [originals.start(original), originals.start(original + 1)];
    for (let index = from; index < to; index++) seen[bytes[index] ?? 0] = 1;
    for (const written of storedForms(bytes, from, to)) stored.add(original, written, 0, written.length);
    const kind = kindOf(bytes, from, to);
    if (kind === 'wide') for (const written of utf16Of(originals.value(original))) wide.add(original, written, 0, written.length);
    if (kind === 'number') addDigits(digits, original, { originals, memory });
  }
  const wideFrom = originals.size + stored.count;
  return { ...joined(originals, [stored, wide, digits]), stored: { from: originals.size, to: wideFrom }, digitsFrom: wideFrom + wide.count, bytes: inBothCases(seen) };
}

/** Values one after the other, each of an original: there may be as many as originals, so they are no objects. */
class Values {
  count = 0;
  used = 0;
  bytes = new Uint8Array(1 << 10);
  ends = new Uint32Array(1 << 6);
  originals = new Uint32Array(1 << 6);

  add(original: number, source: Uint8Array, from: number, to: number): void {
    while (this.used + to - from > this.bytes.length) this.bytes = doubled(this.bytes, Uint8Array);
    if (this.count === this.ends.length) [this.ends, this.originals] = [doubled(this.ends, Uint32Array), doubled(this.originals, Uint32Array)];
    for (let index = from; index < to; index++) this.bytes[this.used++] = source[index] ?? 0;
    this.ends[this.count] = this.used;
    this.originals[this.count++] = original;
  }
}

function doubled<List extends Uint8Array | Uint32Array>(list: List, Kind: new (length: number) => List): List {
  const larger = new Kind(list.length * 2);
  larger.set(list);
  return larger;
}

function joined(originals: OriginalSet, variants: readonly Values[]): { readonly patterns: Patterns; readonly originalOf: Uint32Array } {
  const count = originals.size + variants.reduce((sum, values) => sum + values.count, 0);
  const used = originals.start(originals.size);
  const bytes = new Uint8Array(used + variants.reduce((sum, values) => sum + values.used, 0));
  const starts = new Uint32Array(count + 1);
  const originalOf = new Uint32Array(count);
  bytes.set(originals.bytes.subarray(0, used));
  for (let original = 0; original < originals.size; original++) {
    starts[original] = originals.start(original);
    originalOf[original] = original;
  }
  let [pattern, end] = [originals.size, used];
  for (const values of variants) {
    bytes.set(values.bytes.subarray(0, values.used), end);
    for (let index = 0; index < values.count; index++, pattern++) {
      starts[pattern] = end + (index === 0 ? 0 : (values.ends[index - 1] ?? 0));
      originalOf[pattern] = values.originals[index] ?? 0;
    }
    end += values.used;
  }
  starts[count] = end;
  return { patterns: { bytes, starts, count }, originalOf };
}

/** Letters of ASCII and, by the second of their bytes, of Latin-1 differ by one bit. */
const inBothCases = (seen: Uint8Array) => seen.map((one, byte) => (one === 1 || ((byte >= 0x80 || /[a-z]/i.test(String.fromCharCode(byte))) && seen[byte ^ 0x20] === 1) ? 1 : 0));

/** Wide: letters beyond Latin-1. Number: digits with at most a few letters, and something else between. */
function kindOf(bytes: Uint8Array, from: number, to: number): 'wide' | 'number' | 'other' {
  let [digits, letters, others] = [0, 0, 0];
  for (let index = from; index < to; index++) {
    const byte = bytes[index] ?? 0;
    if (byte >= 0xc4) return 'wide';
    if (byte >= 0x30 && byte <= 0x39) digits += 1;
    else if (byte >= 0x41) letters += 1;
    else others += 1;
  }
  return letters <= 2 && letters + others > 0 && digits > 0 ? 'number' : 'other';
}

/** Without leading zeros: a number of one country, with that country's code before it, goes without them. */
function addDigits(digits: Values, original: number, { originals, memory }: { readonly originals: OriginalSet; readonly memory: Uint8Array }): void {
  const { bytes } = originals;
  let length = 0;
  for (let index = originals.start(original); index < originals.start(original + 1); index++) {
    const byte = bytes[index] ?? 0;
    if (byte >= 0x30 && byte <= 0x39 && (length > 0 || byte !== 0x30)) memory[length++] = byte;
  }
  if (length >= originals.telling.digits) digits.add(original, memory, 0, length);
}

function utf16Of(value: Uint8Array): Uint8Array[] {
  const little = Buffer.from(Buffer.from(value).toString('utf8'), 'utf16le');
  return [little, Buffer.from(little).swap16()];
}
