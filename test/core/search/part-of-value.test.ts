import { expect, test } from 'vitest';
import { endOfDigits, isPart } from '#core/search/part-of-value.ts';

const made = new Set(['110.1.2.73', '78 Made-up Road']);
const meansNothing = (value: Uint8Array) => made.has(Buffer.from(value).toString());

/** The place of a word in a text. */
function part(text: string, word: string): boolean {
  const bytes = Buffer.from(text);
  const from = bytes.indexOf(word);
  return isPart(bytes, from, from + Buffer.byteLength(word), meansNothing);
}

test.each([
  ['x\t110.1.2.73\ty', '10.1.2.7'],
  ['110.1.2.73', '10.1.2.7'],
  ['a\t78 Made-up Road\n', '8 Made'],
])('a value within a longer made-up one is a part of it: %j', (text, word) => expect(part(text, word)).toBe(true));

test.each([
  ['x\t10.1.2.7\ty', '10.1.2.7'],
  ['x 110.1.2.74 y', '10.1.2.7'],
  ['sent from 10.1.2.7 to', '10.1.2.7'],
])('a value by itself, or within anything else, is none: %j', (text, word) => expect(part(text, word)).toBe(false));

test('digits end where as many were passed as the value has', () => {
  expect(endOfDigits(Buffer.from('tel +49 (151) 23-45 6'), 5, Buffer.from('49.151.23'))).toBe('tel +49 (151) 23'.length);
});
