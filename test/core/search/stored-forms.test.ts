import { describe, expect, test } from 'vitest';
import { ByteSearch } from '#core/search/byte-search.ts';
import { newText } from '#core/search/gram-index.ts';
import { OriginalSet } from '#core/search/original-set.ts';
import { withVariants } from '#core/search/variants.ts';
import fc from '../../support/properties.ts';

/** Of whatever is long enough at all. */
function formsOf(text: string): string[] {
  const set = new OriginalSet({ bytes: 6, digits: 1 });
  set.add(text, 'column');
  const { patterns, stored } = withVariants(set);
  return Array.from({ length: stored.to - stored.from }, (_, form) => Buffer.from(patterns.bytes.subarray(patterns.starts[stored.from + form], patterns.starts[stored.from + form + 1])).toString('hex'));
}

describe('the bytes by which servers store a value', () => {
  test('are those that they were seen to write', () => {
    expect(formsOf('203.0.113.195')).toEqual(['0f0220cb0071c3', '280000000220cb0071c3']);
    expect(formsOf('198.51.100.0/24')).toEqual(['0f0218c6336400', '280000000218c6336400']);
    expect(formsOf('2001:db8:85a3::8a2e:370:7334')).toEqual(['20010db885a3000000008a2e03707334']);
    expect(formsOf('2001:db8:85a3::/48')).toEqual(['20010db885a300000000000000000000']);
    expect(formsOf('64:ff9b:1234::203.0.113.195')).toEqual(['0064ff9b12340000000000' + '00' + 'cb0071c3']);
    expect(formsOf('d8:9e:f3:12:34:56')).toEqual(['d89ef3123456']);
    expect(formsOf('d8:9e:f3:ff:fe:12:34:56')).toEqual(['d89ef3fffe123456']);
    expect(formsOf('7d444840-9dc0-11d1-b245-5ffdce74fad2')).toEqual(['5ffdce74fad2b24511d19dc07d444840']);
    expect(formsOf('4111111111111111')).toEqual(['c7f168a5089b0e00', '800e9b08a568f1c7']);
    fc.assert(fc.property(fc.bigInt({ min: 10n ** 13n, max: 2n ** 63n - 1n }), (number) => {
      const big = (number | (1n << 63n)).toString(16);
      expect(formsOf(String(number))[1]).toBe(big);
      expect(formsOf(String(number))[0]).toBe(Buffer.from(number.toString(16).padStart(16, '0'), 'hex').reverse().toString('hex'));
    }));
    fc.assert(fc.property(fc.ipV4(), (address) => void expect(formsOf(address)[0]).toBe(`0f0220${Buffer.from(address.split('.').map(Number)).toString('hex')}`)), { examples: [['10.0.0.255']] });
  });

  test('are none where any file may have them, and where a text is something else', () => {
    for (const text of ['00:00:00:00:00:01', '::1', 'ff02::1', '1234567890123', '99999999999999999999', '9223372036854775808', '1.2.3.4/33', '01.2.3.4', '1..2.3.4', '12:34:56.789', '1.2.3', '300.1.113.195', 'face:to:face', 'a'.repeat(36), '2024-01-01', '']) expect(formsOf(text)).toEqual([]);
  });

  test('of an address of IPv4 are all that it may be written as: not its digits alone, as of other numbers', () => {
    const digits = (text: string) => {
      const set = new OriginalSet();
      set.add(text, 'column');
      const { patterns, digitsFrom } = withVariants(set);
      return patterns.count - digitsFrom;
    };
    expect([digits('203.113.195.201'), digits('203.113.195.201/24'), digits('203.113.195.999'), digits('+49.151.123.456.7')]).toEqual([0, 0, 1, 1]);
  });

  test('are found as the value that they are of', () => {
    const set = new OriginalSet();
    for (const value of ['203.0.113.195', 'd8:9e:f3:12:34:56', '4111111111111111']) set.add(value, 'column');
    const search = new ByteSearch(set);
    const text = newText(4096);
    const bytes = Buffer.concat([Buffer.alloc(99, 7), Buffer.from('0f0220cb0071c3', 'hex'), Buffer.alloc(30, 1), Buffer.from('d89ef3123456', 'hex'), Buffer.alloc(17), Buffer.from('c7f168a5089b0e00', 'hex')]);
    text.bytes.set(bytes);
    const found: number[] = [];
    search.search({ ...text, length: bytes.length }, 0, ({ original }) => found.push(original));
    expect(found.sort()).toEqual([0, 1, 2]);
  });

  test('are no letters: those of another value are not found, though they would be the same letters, small and capital', () => {
    const set = new OriginalSet();
    set.add('100.101.102.103', 'column');
    const places = (hex: string) => {
      const text = newText(4096);
      const bytes = Buffer.concat([Buffer.alloc(64, 7), Buffer.from(hex, 'hex'), Buffer.alloc(64, 1)]);
      text.bytes.set(bytes);
      const found: string[] = [];
      new ByteSearch(set).search({ ...text, length: bytes.length }, 0, ({ at, encoding }) => found.push(`${encoding} at ${at}`));
      return found;
    };
    const [own, other] = formsOf('100.101.102.103').map((form, index) => [form, formsOf('68.69.70.71')[index] ?? ''] as const)[1] ?? ['', ''];
    expect(places(own)).toEqual(['plain at 64']);
    expect(places(other)).toEqual([]);
    expect(places(own.replace('64', '253634'))).toEqual([]);
  });
});
