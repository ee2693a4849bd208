import { isIPv4, isIPv6 } from 'node:net';
import { expect, test } from 'vitest';
import { readIPv4, readIPv6 } from '#core/ip-address.ts';
import fc from '../support/properties.ts';

/** The groups in hexadecimal; nothing where a text is no address. It stands between other bytes. */
function groupsOf(text: string): string | undefined {
  const groups = new Uint16Array(8).fill(7);
  const bytes = Buffer.from(`:1${text}2:`);
  return readIPv6(bytes, 2, bytes.length - 2, groups) ? Array.from(groups, (group) => group.toString(16)).join(':') : undefined;
}

/** What is read of an address of IPv4 between other bytes. */
const numberOf = (text: string) => readIPv4(Buffer.from(`1.${text}.2`), 2, text.length + 2);

/** As the standard for URLs reads it. */
const expected = (text: string) => groupsOf(new URL(`http://[${text}]`).hostname.slice(1, -1));

test('addresses of IPv6 are read in all of their writings', () => {
  expect(groupsOf('::')).toBe('0:0:0:0:0:0:0:0');
  expect(groupsOf('::1')).toBe('0:0:0:0:0:0:0:1');
  expect(groupsOf('1::')).toBe('1:0:0:0:0:0:0:0');
  expect(groupsOf('2001:DB8:0:0:8:800:200C:417A')).toBe('2001:db8:0:0:8:800:200c:417a');
  expect(groupsOf('1:2:3:4:5:6:7::')).toBe('1:2:3:4:5:6:7:0');
  expect(groupsOf('::2:3:4:5:6:7:8')).toBe('0:2:3:4:5:6:7:8');
  expect(groupsOf('64:ff9b::203.0.113.195')).toBe('64:ff9b:0:0:0:0:cb00:71c3');
  expect(groupsOf('1:2:3:4:5:6:255.0.0.1')).toBe('1:2:3:4:5:6:ff00:1');
  fc.assert(fc.property(fc.ipV6(), (text) => void expect(groupsOf(text)).toBe(expected(text))));
});

test('an address of IPv4 is a number', () => {
  expect(numberOf('203.0.113.195')).toBe(0xcb0071c3);
  fc.assert(fc.property(fc.ipV4(), (text) => void expect(numberOf(text)).toBe(Buffer.from(text.split('.').map(Number)).readUInt32BE())));
});

test('what is no address is none, as Node sees it', () => {
  for (const text of ['', ':', ':::', '1:', ':1', '1::2::3', '1:2:3:4:5:6:7', '1:2:3:4:5:6:7:8:9', '1:2:3:4:5:6:7:8::', '12345::', '::1%eth0', '::1/64', ' ::1', '::1.2.3', '::1.2.3.4.5', '::01.2.3.4', '::256.1.1.1', '1:2:3:4:5:6:7:1.2.3.4', '::g']) expect([text, groupsOf(text)]).toEqual([text, undefined]);
  for (const text of ['', '1.2.3', '1.2.3.4.5', '1..2.3', '1.2.3.', '256.1.2.3', '01.1.2.3', '1.2.3.4/8']) expect([text, numberOf(text)]).toEqual([text, -1]);
  const pieces = fc.array(fc.constantFrom(':', '::', '.', '0', '1', 'f', 'ab', '12', 'Ffff', '255', '1.2.3.4'), { maxLength: 18 }).map((parts) => parts.join(''));
  fc.assert(fc.property(pieces, (text) => void expect([text, numberOf(text) >= 0]).toEqual([text, isIPv4(text)])));
  fc.assert(fc.property(pieces, (text) => void expect([text, groupsOf(text) !== undefined]).toEqual([text, isIPv6(text)])), { numRuns: 5000 });
});
