/** Control characters, C0 and C1, and everything that changes the direction of text or hides in it. */
const HIDDEN = /[\u0000-\u001f\u007f-\u009f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g;
const LONGEST_TITLE = 128;

/** A title that a program chose, as a tab can show it. */
export function cleanTitle(title: string): string {
  return title.slice(0, 4096).replace(HIDDEN, ' ').replace(/\s+/g, ' ').trim().slice(0, LONGEST_TITLE);
}

/** Pasted text without what could end the paste early or press keys: only tabs and line ends are left of the control characters. */
export function cleanPaste(text: string): string {
  return text.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]/g, '');
}

/** The start of a text, at most `length` long, that does not end within a character; and what is left. */
export function splitText(text: string, length: number): readonly [string, string] {
  if (text.length <= length) return [text, ''];
  const last = text.charCodeAt(length - 1);
  const end = last >= 0xd800 && last <= 0xdbff && length > 1 ? length - 1 : length;
  return [text.slice(0, end), text.slice(end)];
}
