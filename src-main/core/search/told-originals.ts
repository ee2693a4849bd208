/**
 * Originals as they are handed on in batches: each is a number of four bytes (little-endian), which has the length of the value in its lower bits and
 * the number of its column in the others, and the bytes of the value.
 */
export const LENGTH_BITS = 25;
const LONGEST = (1 << LENGTH_BITS) - 1;
/** Columns of a table that have a number: the first is 1. What comes after them has 0. */
const MOST_COLUMNS = 127;

/** What originals are of: a table, and its columns in their order. */
export type Origin = { readonly table: string; readonly columns: readonly string[] };

/** A column's number in a batch. `index` counts from 0. */
export const columnNumber = (index: number): number => (index < MOST_COLUMNS ? index + 1 : 0);

export const lengthOfTold = (word: number): number => word & LONGEST;
export const columnOfTold = (word: number): number => word >>> LENGTH_BITS;
