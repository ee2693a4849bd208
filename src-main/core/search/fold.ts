/** Small letters for capital ones of ASCII; every other byte as it is. */
export const FOLD = Uint8Array.from({ length: 256 }, (_, byte) => (byte >= 0x41 && byte <= 0x5a ? byte | 0x20 : byte));

/**
 * Sets a bit that parts small from capital letters, in four bytes at once. It makes other bytes equal too, which costs a look
 * but loses nothing: the letters of Latin-1 in UTF-8 (Ä is C3 84, ä is C3 A4) differ by the very same bit.
 */
export const FOLD_WORD = 0x20202020;
