import { expect, test } from 'vitest';
import { endOfDigits, isPart } from '#core/search/part-of-value.ts';
import { isMadePhone } from '#features/fixtures/verify/check-originals.ts';

const made = new Set(['110.1.2.73', '78 Made-up Road']);
const meansNothing = (value: Uint8Array) => made.has(Buffer.from(value).toString());

/** Whether a word is only a part where it stands in a text. */
function part(text: string, word: string, known = meansNothing): boolean {
  const bytes = Buffer.from(text);
  const from = bytes.indexOf(word);
  return isPart(bytes, from, from + Buffer.byteLength(word), known);
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

test.each([
  ['Call +999 311 045 678 now', '311 045 678', true],
  ['+99931104567+99912345678', '1104567', true],
  ['real.person@mail.example+999311045', 'real.person@mail.example', false],
  ['Call Anna Kraus, anna@real.example, +999123456', 'Anna Kraus', false],
  ['+999123456 030-12345678', '030-12345678', false],
  ['+4930123456789+999123456', '30123456789', false],
])('within a phone number that a rule made only its own digits are parts of it: %j', (text, word, expected) => expect(part(text, word, isMadePhone)).toBe(expected));

test('digits end where as many were passed as the value has', () => {
  expect(endOfDigits(Buffer.from('tel +49 (151) 23-45 6'), 5, Buffer.from('49.151.23'))).toBe('tel +49 (151) 23'.length);
});
