import { describe, expect, test } from 'vitest';
import { applySgr, plain } from '../../../src-renderer/features/logs/sgr.ts';

describe('a colour code', () => {
  test.each([
    ['', {}],
    ['0', {}],
    ['1;3;4;9;7', { bold: true, italic: true, underline: true, strike: true, inverse: true }],
    ['31;42', { foreground: { kind: 'palette', index: 1 }, background: { kind: 'palette', index: 2 } }],
    ['97;100', { foreground: { kind: 'palette', index: 15 }, background: { kind: 'palette', index: 8 } }],
    ['38;5;9', { foreground: { kind: 'palette', index: 9 } }],
    ['38;5;208', { foreground: { kind: 'exact', value: '#ff8700' } }],
    ['48;5;255', { background: { kind: 'exact', value: '#eeeeee' } }],
    ['38;2;1;2;300;1', { foreground: { kind: 'exact', value: '#0102ff' }, bold: true }],
    ['38:2::16:32:48', { foreground: { kind: 'exact', value: '#102030' } }],
    ['38:5:9', { foreground: { kind: 'palette', index: 9 } }],
    ['4:3', { underline: true }],
    ['38;7;31', { foreground: { kind: 'palette', index: 1 }, inverse: true }],
  ])('%s means %o', (parameters, style) => {
    expect(applySgr(plain, parameters)).toEqual(style);
  });

  test('ends what an earlier one began, and only that', () => {
    const red = applySgr(plain, '1;2;31;44');
    expect(applySgr(red, '22;49')).toEqual({ foreground: { kind: 'palette', index: 1 } });
    expect(applySgr(red, '39;49;22')).toBe(plain);
  });

  test('hides nothing and does not blink', () => {
    expect(applySgr(plain, '5;6;8')).toEqual({});
  });

  test('that is nonsense changes nothing', () => {
    expect(applySgr(plain, '999;;;;NaN')).toEqual({});
    expect(applySgr(plain, '1;'.repeat(100_000))).toBeDefined();
  });
});
