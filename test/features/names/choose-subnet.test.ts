import { describe, expect, test } from 'vitest';
import { BacklotError } from '#contract/errors.ts';
import { addressRanges, chooseSubnet, prefixFor } from '#features/names/choose-subnet.ts';
import { contains, formatSubnet, overlaps, parseSubnet, sizeOf, type Subnet } from '#features/names/cidr.ts';
import fc from '../../support/properties.ts';

const subnet = (text: string): Subnet => parseSubnet(text) ?? expect.fail(text);
const ours = addressRanges(undefined);
const failure = (body: () => unknown): BacklotError => {
  try {
    body();
  } catch (error) {
    if (error instanceof BacklotError) return error;
  }
  return expect.fail('it did not fail');
};

describe('subnets', () => {
  test('are read and written in CIDR notation, from their first address', () => {
    expect(formatSubnet(subnet('10.213.7.200/26'))).toBe('10.213.7.192/26');
    expect(formatSubnet(subnet('192.168.0.1'))).toBe('192.168.0.1/32');
    for (const text of ['', '10.0.0.0/33', '10.0.0/8', '300.0.0.0/8', 'fd00::/8', '10.0.0.0/-1', '1e1.0.0.0/8']) expect(parseSubnet(text)).toBeUndefined();
  });

  test('overlap as their addresses do', () => {
    expect(overlaps(subnet('10.0.0.0/8'), subnet('10.213.0.0/26'))).toBe(true);
    expect(overlaps(subnet('10.213.0.64/26'), subnet('10.213.0.0/26'))).toBe(false);
    expect(overlaps(subnet('0.0.0.0/0'), subnet('198.18.0.0/15'))).toBe(true);
  });
});

describe('choosing addresses for a network', () => {
  const octets = fc.nat(255);
  const some = fc.tuple(octets, octets, octets, octets, fc.integer({ min: 8, max: 32 })).map(([a, b, c, d, prefix]) => subnet(`${a}.${b}.${c}.${d}/${prefix}`));
  const near = fc.tuple(octets, octets, fc.integer({ min: 17, max: 30 })).map(([c, d, prefix]) => subnet(`10.213.${c}.${d}/${prefix}`));

  test('overlaps nothing that is taken, is within a range, and is large enough', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(some, near), { maxLength: 40 }), fc.integer({ min: 1, max: 500 }), fc.string(), (taken, needed, purpose) => {
        try {
          const chosen = chooseSubnet({ ranges: ours, needed, taken, purpose });
          expect(taken.filter((other) => overlaps(other, chosen))).toEqual([]);
          expect(ours.some((range) => contains(range, chosen))).toBe(true);
          expect(sizeOf(chosen)).toBeGreaterThanOrEqual(Math.max(64, needed + 3));
          expect(chosen.first % sizeOf(chosen)).toBe(0);
        } catch (error) {
          // Where it fails, no place was left: every one of the range's overlaps something.
          if (!(error instanceof BacklotError)) throw error;
          expect(error.code).toBe('addresses-exhausted');
        }
      }),
    );
  });

  test('finds the last place of a range, wherever it begins to look, and then fails by name', () => {
    const ranges = [subnet('10.9.0.0/24')];
    const taken: Subnet[] = [];
    for (let count = 0; count < 4; count++) taken.push(chooseSubnet({ ranges, needed: 1, taken, purpose: 'a set' }));
    expect(new Set(taken.map(formatSubnet)).size).toBe(4);
    const error = failure(() => chooseSubnet({ ranges, needed: 1, taken, purpose: 'a set' }));
    expect(error).toMatchObject({ code: 'addresses-exhausted', message: expect.stringContaining('10.9.0.0/24'), fix: expect.stringContaining('BACKLOT_ADDRESS_RANGE=') });
  });

  test('B32: leaves a range that a VPN routes for the next one', () => {
    const chosen = chooseSubnet({ ranges: ours, needed: 5, taken: [subnet('10.0.0.0/8')], purpose: 'a set' });
    expect(contains(subnet('198.18.0.0/15'), chosen)).toBe(true);
  });

  test('answers the same for the same set, and spreads sets', () => {
    const choose = (purpose: string) => formatSubnet(chooseSubnet({ ranges: ours, needed: 5, taken: [], purpose }));
    expect(choose('one')).toBe(choose('one'));
    expect(new Set(Array.from({ length: 20 }, (_, index) => choose(`set ${index}`))).size).toBeGreaterThan(17);
  });

  test('takes a larger network for many containers', () => {
    expect([1, 61, 62, 125, 126, 1000].map(prefixFor)).toEqual([26, 26, 25, 25, 24, 22]);
  });

  test('takes the range from the variable, and refuses what is none', () => {
    expect(addressRanges('10.100.0.0/16, 10.101.0.0/16').map(formatSubnet)).toEqual(['10.100.0.0/16', '10.101.0.0/16']);
    for (const bad of ['10.100.0.0', 'nonsense', '10.0.0.0/27', 'fd00::/8', '10.0.0.0/8,']) expect(failure(() => addressRanges(bad))).toMatchObject({ code: 'usage', message: expect.stringContaining(bad) });
  });
});
