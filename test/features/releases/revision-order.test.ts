import { expect, test } from 'vitest';
import type { Release } from '#contract/releases.ts';
import { orderRevisions } from '#features/releases/revision-order.ts';

const day = (number: number) => `2026-01-0${number}T00:00:00Z`;
const promoted = (revision: string, time: string) => ({ revision, digest: '', id: '', who: '', time });
const released = (revision: string, started: string) => ({ revision, started }) as Release;

test('what is checked out stands first, then what was last run, promoted or released anywhere; dirty runs are of no revision', () => {
  const records = [{ target: 'staging', promotions: [promoted('a', day(1)), promoted('b', day(2))], releases: [released('a', day(5))] }, { target: 'production', promotions: [], releases: [released('c', day(3))] }];
  const runs = [{ revision: 'd', started: day(4) }, { revision: 'e', dirty: true, started: day(9) }, { revision: 'f-dirty-0123456789ab', started: day(9) }, { started: day(9) }];
  const order = (limit: number, checkedOut?: string) => orderRevisions({ checkedOut: checkedOut === undefined ? undefined : { revision: checkedOut, time: day(1) }, runs, records }, limit).map(({ revision }) => revision);
  expect(order(9, 'h')).toEqual(['h', 'a', 'd', 'c', 'b']);
  expect(order(9, 'c')).toEqual(['c', 'a', 'd', 'b']);
  expect(order(2)).toEqual(['a', 'd']);
});
