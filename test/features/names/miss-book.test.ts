import { describe, expect, test } from 'vitest';
import { guardRules } from '#features/names/guard-rules.ts';
import { MissBook, parseLookup } from '#features/names/miss-book.ts';

const SUFFIX = 'us.shop.example';
const answered = (name: string, type = 'A', address = '10.213.0.2') => `dnsmasq[1]: 7 ${address}/33192 query[${type}] ${name} from ${address}`;
const time = (second: number) => `2026-01-01T00:00:0${second}.000000000Z`;

function bookOf({ guard = 'block' as 'block' | 'report', allow = [] as string[] } = {}) {
  const book = new MissBook({ guard: guardRules({ guard, suffixes: [SUFFIX], allow }), owned: new Set(['db', `db.${SUFFIX}`]) });
  let second = 0;
  return { ask: (line: string) => book.add(line, time(++second % 10)), misses: () => book.misses('minimal', (address) => (address === '10.213.0.2' ? 'api' : undefined)) };
}

describe('a line of the guard’s log', () => {
  test('tells of a question, in whatever spelling it came', () => {
    expect(parseLookup(answered('NOPE.Us.Shop.Example.'))).toEqual({ name: `nope.${SUFFIX}`, type: 'A', address: '10.213.0.2', bypassed: false });
    expect(parseLookup(`1795246123.868157 br-a7642f2bc0c7 In  IP 10.213.0.3.54960 > 10.255.255.53.53: 11677+ A? prod.${SUFFIX}. (38)`)).toEqual({ name: `prod.${SUFFIX}`, type: 'A', address: '10.213.0.3', bypassed: true });
    expect(parseLookup(`1795246123.868157 br-a7642f2bc0c7 In  IP 10.213.0.3.54960 > 8.8.8.8.53: 11677+% [1au] Type65? prod.${SUFFIX}. (50)`)).toMatchObject({ type: 'Type65', bypassed: true });
    expect(parseLookup(`1795246123.874054 br-a7642f2bc0c7 In  IP 10.213.0.3.52611 > 10.255.255.53.53: Flags [P.], seq 0:39, ack 1, win 63, options [nop,nop,TS val 10482370 ecr 31652718], length 39 25424+ SRV? _x._tcp.${SUFFIX}. (37)`)).toMatchObject({ name: `_x._tcp.${SUFFIX}`, type: 'SRV' });
  });

  test('tells of none where it is the other sight of one, an answer, or the guard’s own', () => {
    expect(parseLookup(`1795246123.868140 vethc2be586 P   IP 10.213.0.3.54960 > 10.255.255.53.53: 11677+ A? prod.${SUFFIX}. (38)`)).toBeUndefined();
    expect(parseLookup(`dnsmasq[1]: 7 10.213.0.2/33192 config nope.${SUFFIX} is NXDOMAIN`)).toBeUndefined();
    expect(parseLookup('dnsmasq[1]: started, version 2.90 cachesize 2000')).toBeUndefined();
    expect(parseLookup('')).toBeUndefined();
  });
});

describe('misses', () => {
  test('count one question for an address of either family once, and keep the types', () => {
    const { ask, misses } = bookOf();
    for (const type of ['A', 'AAAA', 'A', 'AAAA']) ask(answered(`nope.${SUFFIX}`, type));
    expect(misses()).toEqual([{ name: `nope.${SUFFIX}`, caller: 'api', set: 'minimal', count: 2, last: time(4), types: ['A', 'AAAA'], kind: 'blocked' }]);
  });

  test('count a name that the search path made longer as the name that was asked for', () => {
    const { ask, misses } = bookOf();
    ask(answered(`nope.${SUFFIX}.${SUFFIX}`));
    ask(answered(`nope.${SUFFIX}`));
    ask(answered(`db.${SUFFIX}.${SUFFIX}`));
    expect(misses()).toMatchObject([{ name: `nope.${SUFFIX}`, count: 1 }]);
  });

  test('are no names that somebody has, that are allowed, or that are of the outside world', () => {
    const { ask, misses } = bookOf({ allow: [`*.cdn.${SUFFIX}`, `one.${SUFFIX}`] });
    for (const name of [`db.${SUFFIX}`, `a.b.cdn.${SUFFIX}`, `one.${SUFFIX}`, 'example.org', `x${SUFFIX}`]) expect(ask(answered(name, 'TXT'))).toBe(false);
    expect(ask(answered(`cdn.${SUFFIX}`))).toBe(true);
    expect(ask(answered(`two.one.${SUFFIX}`))).toBe(true);
    expect(ask(answered(SUFFIX))).toBe(true);
    expect(misses()).toHaveLength(3);
  });

  test('name the address where no service is known to have it, and what the guard did', () => {
    const { ask, misses } = bookOf({ guard: 'report' });
    ask(answered(`nope.${SUFFIX}`, 'A', '10.213.0.9'));
    ask(`1.2 br-1 In  IP 10.213.0.2.5 > 8.8.8.8.53: 1+ A? db.${SUFFIX}. (38)`);
    expect(misses()).toMatchObject([{ caller: '10.213.0.9', kind: 'reported' }, { name: `db.${SUFFIX}`, caller: 'api', kind: 'bypassed' }]);
  });

  test('are bounded where a program asks for names without end', () => {
    const { ask, misses } = bookOf();
    for (let index = 0; index < 6000; index++) ask(answered(`n${index}.${SUFFIX}`));
    expect(misses()).toHaveLength(5000);
    expect(misses().at(-1)?.name).toBe(`n5999.${SUFFIX}`);
  });
});
