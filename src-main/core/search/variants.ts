import type { Patterns } from './grams.ts';
import type { OriginalSet } from './original-set.ts';

/** Texts that are searched for, of originals. */
export type Variants = { readonly patterns: Patterns; readonly originalOf: Uint32Array; /** Patterns that are no letters: stored bytes. */ readonly stored: { readonly from: number; readonly to: number }; readonly digitsFrom: number; /** Which bytes occur in originals, in small or capital letters. */ readonly bytes: Uint8Array };

/**
 * What is searched for, for each original: itself; the bytes by which servers store it; where it has letters beyond ASCII, other writings of
 * those; where it is a number written in groups, its digits alone. Everything else that it could be written as is undone in the text instead.
 */
export function withVariants(originals: OriginalSet): Variants {
  const forms = originals.forms();
  const own = originals.packed;
  const size = originals.size;
  const count = size + forms.count;
  const used = own.bytes.length;
  const bytes = new Uint8Array(used + forms.bytes.length);
  bytes.set(own.bytes);
  bytes.set(forms.bytes, used);
  const starts = new Uint32Array(count + 1);
  starts.set(own.starts);
  for (let form = 0; form < forms.count; form++) starts[size + form + 1] = used + (forms.ends[form] ?? 0);
  const originalOf = new Uint32Array(count);
  for (let original = 0; original < size; original++) originalOf[original] = original;
  originalOf.set(forms.originals, size);
  return { patterns: { bytes, starts, count }, originalOf, stored: { from: size, to: size + forms.storedTo }, digitsFrom: size + forms.wideTo, bytes: inBothCases(forms.seen) };
}

/** Letters of ASCII and, by the second of their bytes, of Latin-1 differ by one bit. */
const inBothCases = (seen: Uint8Array) => seen.map((one, byte) => (one === 1 || ((byte >= 0x80 || /[a-z]/i.test(String.fromCharCode(byte))) && seen[byte ^ 0x20] === 1) ? 1 : 0));
