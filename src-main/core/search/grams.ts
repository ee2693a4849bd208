/** The texts that are searched for: `starts[n]` to `starts[n + 1]` in `bytes` is the n-th. */
export type Patterns = { readonly bytes: Uint8Array; readonly starts: Uint32Array; readonly count: number };

/** A kind of pattern, by its length in bytes, and how many grams (some bytes that are hashed together) are kept of each. */
export type Kind = { readonly grams: number; readonly least: number; readonly most: number; /** Whether only the places that samplePlaces of the kernel tells are looked at. */ readonly sampled: boolean };

/**
 * A text is not looked at everywhere. Places are taken by what stands there, so that wherever a pattern lies in a text, its grams begin at the same
 * places of it, and one of them is enough. Patterns with too few grams for that keep two in a row: one of them begins at an even place of the text.
 */
const LONG: Kind = { grams: 1, least: 11, most: Infinity, sampled: true };
const SHORT: Kind = { grams: 1, least: 8, most: 10, sampled: true };
const TINY: Kind = { grams: 2, least: 6, most: 7, sampled: false };

/** All kinds, in the order of their numbers in the kernel. */
export const KINDS: readonly Kind[] = [LONG, SHORT, TINY];

/** The number of the kind that a pattern of this length is of. */
export const kindOf = (length: number): number => (length >= LONG.least ? 0 : length >= SHORT.least ? 1 : 2);
