/**
 * Other writings of a value with letters beyond ASCII: in capital and in small letters, with accents that are letters of their own and without
 * (Unicode's NFD and NFC), in Latin-1, and, where it has letters beyond that, in UTF-16 of both orders. Small and capital letters that differ by one bit
 * are alike to whoever searches.
 */
export function otherLetters(value: Uint8Array): readonly Uint8Array[] {
  const text = Buffer.from(value).toString('utf8');
  if (text.includes('\ufffd')) return [];
  const written = [text.toUpperCase(), text.toLowerCase(), text.normalize('NFD'), text.normalize('NFC')].map((form) => Buffer.from(form));
  const others = written.filter((form, index) => !isAlike(form, value) && !written.slice(0, index).some((former) => isAlike(form, former)));
  return [...others, ...(/[^\u0000-\u00ff]/.test(text) ? utf16Of(text) : [Buffer.from(text, 'latin1')])];
}

function utf16Of(text: string): Uint8Array[] {
  const little = Buffer.from(text, 'utf16le');
  return [little, Buffer.from(little).swap16()];
}

const isAlike = (one: Uint8Array, other: Uint8Array): boolean => one.length === other.length && one.every((byte, index) => (byte | 0x20) === ((other[index] ?? 0) | 0x20));
