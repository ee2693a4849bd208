const TAB = 8;
const NARROW = /^[\x20-\x7e]*$/;
const WIDE = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Emoji_Presentation}\uff01-\uff60\u3000-\u303f]/u;

/** How many columns of a fixed-width font a text takes; exact for ASCII, close for the rest. */
export function cellsOf(text: string): number {
  if (NARROW.test(text)) return text.length;
  let cells = 0;
  for (const character of text) {
    if (character === '\t') cells += TAB - (cells % TAB);
    else if (character < '\u0300') cells += 1;
    else if (/\p{Mn}|\u200d|\ufe0f/u.test(character)) continue;
    else cells += WIDE.test(character) ? 2 : 1;
  }
  return cells;
}

/** Whether `cellsOf` is exact for this text, so that its height need not be measured. */
export function isExact(text: string): boolean {
  return NARROW.test(text);
}
