import { expect, test } from 'vitest';
import type { Miss } from '#contract/names.ts';
import { changeLines } from '../../../src-renderer/features/names/change-lines.ts';
import { guessOwners } from '../../../src-renderer/features/names/guess-owner.ts';
import { freshMisses, missKey } from '../../../src-renderer/state/fresh-misses.ts';

test('the service that is most like the missed name comes first; without any likeness the order stays', () => {
  const services = ['api', 'mongodb-cluster-a-node-1', 'payments', 'db'];
  expect(guessOwners('mongodb-cluster-a-node-4.us.example', services, ['us.example'])[0]).toBe('mongodb-cluster-a-node-1');
  expect(guessOwners('payments-eu', services, [])[0]).toBe('payments');
  expect(guessOwners('zzz', services, [])).toEqual(services);
});

test('a change shows what goes, what comes, and two lines around', () => {
  const now = 'a\nb\nc\nhosts: files dns\nd\ne\nf\n';
  expect(changeLines(now, now.replace('files dns', 'files resolve dns')).map(({ sign, text }) => sign + text)).toEqual([' b', ' c', '-hosts: files dns', '+hosts: files resolve dns', ' d', ' e']);
});

test('a file that comes is added whole, one that goes is removed whole, one that stays shows no change', () => {
  expect(changeLines('', 'a\nb\n').map(({ sign }) => sign)).toEqual(['+', '+']);
  expect(changeLines('a\n', '').map(({ sign }) => sign)).toEqual(['-']);
  expect(changeLines('a\nb\nc\n', 'a\nb\nc\n').map(({ sign }) => sign)).toEqual([' ', ' ']);
  expect(changeLines('a\na\n', 'a\na\na\n').filter(({ sign }) => sign === '+')).toHaveLength(1);
});

test('dismissed misses stay away when they come again; another caller’s is new; the latest is first', () => {
  const miss = (name: string, caller: string, last: string): Miss => ({ name, caller, set: 'minimal', count: 1, last, types: ['A'], kind: 'blocked' });
  const first = miss('pay.example', 'api', '2026-01-01T00:00:00Z');
  const again = { ...first, count: 9, last: '2026-01-02T00:00:00Z' };
  const other = miss('pay.example', 'web', '2026-01-01T12:00:00Z');
  expect(freshMisses('/a', [first, other], [])).toEqual([other, first]);
  expect(freshMisses('/a', [again, other], [missKey('/a', first)])).toEqual([other]);
  expect(freshMisses('/b', [again], [missKey('/a', first)])).toEqual([again]);
});
