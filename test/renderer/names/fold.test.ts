import { describe, expect, test } from 'vitest';
import type { NameView } from '#contract/names.ts';
import { cutSuffix, foldNames, matchesName, nameLines, reachable } from '../../../src-renderer/features/names/fold.ts';

const SUFFIXES = ['us-east-1.shop.example', 'shop.example'];

const view = (name: string, service: string, more: Partial<NameView> = {}): NameView => ({ name, service, set: 'minimal', reason: 'service', ports: [], ...more });

describe('the suffix of a name', () => {
  test('is the longest that fits, whatever its case', () => {
    expect(cutSuffix('Node-1.US-east-1.shop.example', SUFFIXES)).toEqual({ stem: 'Node-1', suffix: '.US-east-1.shop.example' });
    expect(cutSuffix('node-1.shop.example', SUFFIXES)).toEqual({ stem: 'node-1', suffix: '.shop.example' });
  });

  test('is none where the name only ends alike, or is the suffix itself', () => {
    expect(cutSuffix('node.otherus-east-1.shop.example.org', SUFFIXES)).toEqual({ stem: 'node.otherus-east-1.shop.example.org', suffix: '' });
    expect(cutSuffix('myshop.example', ['shop.example'])).toEqual({ stem: 'myshop.example', suffix: '' });
    expect(cutSuffix('shop.example', ['shop.example'])).toEqual({ stem: 'shop.example', suffix: '' });
  });
});

describe('folding', () => {
  test('a name alone and with each suffix is one entry; the form without suffix comes first', () => {
    const [entry, ...others] = foldNames(['db.us-east-1.shop.example', 'db', 'db.shop.example'].map((name) => view(name, 'db', { container: '10.1.0.2' })), SUFFIXES);
    expect(others).toEqual([]);
    expect(entry?.base).toBe('db');
    expect(entry?.forms.map(({ suffix }) => suffix)).toEqual(['', '.us-east-1.shop.example', '.shop.example']);
    expect(entry?.owners).toEqual([{ service: 'db', container: '10.1.0.2', ports: [] }]);
  });

  test('a group has all its owners; the same name in another set is another entry', () => {
    const entries = foldNames([view('pay', 'one', { reason: 'group' }), view('pay', 'two', { reason: 'group' }), view('pay', 'one', { set: 'other' })], SUFFIXES);
    expect(entries.map(({ set, owners }) => [set, owners.map(({ service }) => service)])).toEqual([
      ['minimal', ['one', 'two']],
      ['other', ['one']],
    ]);
  });

  test('hundreds of names in three forms are a third of the entries', () => {
    const names = Array.from({ length: 300 }, (_, index) => ['', '.us-east-1.shop.example', '.shop.example'].map((suffix) => view(`node-${index}${suffix}`, `node-${index}`))).flat();
    expect(foldNames(names, SUFFIXES)).toHaveLength(300);
  });
});

test('an entry is found by any form, owner or address, and by all words together', () => {
  const [entry] = foldNames([view('pg-main-node-1.shop.example', 'db', { container: '10.1.0.2', reason: 'alias' })], SUFFIXES);
  if (!entry) throw new Error('no entry');
  expect(['', 'MAIN', 'node-1.shop', 'db', '10.1.0', 'alias db'].map((text) => matchesName(entry, text))).toEqual([true, true, true, true, true, true]);
  expect(matchesName(entry, 'db cache')).toBe(false);
});

test('an opened entry has a line for each of its forms', () => {
  const entries = foldNames([view('a', 'a'), view('a.shop.example', 'a'), view('b', 'b')], SUFFIXES);
  expect(nameLines(entries, new Set()).map(({ key }) => key)).toEqual(['minimal a', 'minimal b']);
  expect(nameLines(entries, new Set(['minimal a'])).map(({ kind }) => kind)).toEqual(['name', 'form', 'form', 'name']);
});

test('an address is shown with the port where there is one only and none is told', () => {
  expect(reachable('10.1.0.2', [5432])).toBe('10.1.0.2:5432');
  expect(reachable('10.1.0.2', [5672, 15672])).toBe('10.1.0.2');
  expect(reachable('127.0.0.1:15432', [5432])).toBe('127.0.0.1:15432');
  expect(reachable('fd00::2', [80])).toBe('[fd00::2]:80');
  expect(reachable('[::1]:80', [81])).toBe('[::1]:80');
});
