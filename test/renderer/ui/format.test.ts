import { expect, test } from 'vitest';
import { ago, bytes, counted, duration, percent } from '../../../src-renderer/ui/format.ts';

test('bytes have three figures in powers of 1000, as the command line says them', () => {
  expect([0, 999, 1000, 10_240, 12_449_999, 1.5e12, -5].map(bytes)).toEqual(['0 B', '999 B', '1.00 kB', '10.2 kB', '12.4 MB', '1.50 TB', '0 B']);
});

test('shares of a core', () => expect([0, 0.0004, 0.004, 0.12, 2].map(percent)).toEqual(['0 %', '0 %', '0.4 %', '12 %', '200 %']));

test('durations', () => {
  expect([800, 9940, 42_000, 187_000, 7_800_000, 5 * 86_400_000, -1].map(duration)).toEqual(['0.8 s', '9.9 s', '42 s', '3:07 min', '2:10 h', '5 d', '0.0 s']);
});

test('how long ago', () => {
  expect([0, 12, 59, 60, 3600, 172_800].map((seconds) => ago(0, seconds * 1000))).toEqual(['just now', '12 s ago', '59 s ago', '1 min ago', '1 h ago', '2 d ago']);
});

test('counts', () => expect([counted(1, 'name'), counted(0, 'name')]).toEqual(['1 name', '0 names']));
