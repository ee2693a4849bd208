import { describe, expect, test } from 'vitest';
import { formatBytes, formatSeconds } from '../../../src-main/shells/cli/quantity.ts';
import { createScreen } from '../../../src-main/shells/cli/screen.ts';
import { layOutTable } from '../../../src-main/shells/cli/table.ts';
import { describeTerminal, obeysWorkflowCommands } from '../../../src-main/shells/cli/terminal.ts';
import { cut, textWidth, wrap } from '../../../src-main/shells/cli/text-width.ts';

const terminal = { isTTY: true, columns: 80, rows: 24 };
const pipe = {};

describe('B53: what a stream can show', () => {
  test('colour and live progress need a terminal', () => {
    expect(describeTerminal(terminal, {})).toMatchObject({ colour: true, live: true, width: 80 });
    expect(describeTerminal(pipe, {})).toMatchObject({ colour: false, live: false, width: Infinity });
  });

  test.each([
    ['NO_COLOR', { NO_COLOR: '1' }, { colour: false, live: true }],
    ['an empty NO_COLOR, which counts as none', { NO_COLOR: '' }, { colour: true }],
    ['TERM=dumb', { TERM: 'dumb' }, { colour: false, live: false }],
    ['CI=true', { CI: 'true' }, { colour: true, live: false }],
    ['FORCE_COLOR=0', { FORCE_COLOR: '0' }, { colour: false }],
    ['LANG=C', { LANG: 'C' }, { unicode: false }],
    ['LC_ALL over LANG', { LC_ALL: 'en_US.UTF-8', LANG: 'C' }, { unicode: true }],
    ['COLUMNS', { COLUMNS: '100' }, { width: 100 }],
    ['COLUMNS=1, where lines are left to wrap', { COLUMNS: '1' }, { width: Infinity }],
    ['COLUMNS=wide, which is no number', { COLUMNS: 'wide' }, { width: 80 }],
  ])('%s is honoured', (_title, environment, expected) => {
    expect(describeTerminal(terminal, environment)).toMatchObject(expected);
  });

  test('FORCE_COLOR colours a pipe too', () => {
    expect(describeTerminal(pipe, { FORCE_COLOR: '1' }).colour).toBe(true);
  });

  test('build servers are known by their variables', () => {
    expect([{ GITHUB_ACTIONS: 'true' }, { TF_BUILD: 'True' }, { CI: 'true' }, { CI: 'false' }, {}].map(obeysWorkflowCommands)).toEqual([true, true, true, false, false]);
  });
});

describe('a table', () => {
  const columns = [{ title: 'SERVICE' }, { title: 'IMAGE', yields: true }, { title: 'RESTARTS', align: 'right' as const }];
  const rows = [
    { cells: ['db', 'postgres:15', '0'] },
    { cells: ['storefront', 'registry.example/a/very/long/name/of/an/image:1234567890', '12'], note: 'exit code 1:\nno such file' },
  ];

  test('is aligned, and nothing is cut where it goes to a file', () => {
    expect(layOutTable(columns, rows, createScreen(pipe, {}))).toBe(
      [
        'SERVICE     IMAGE                                                     RESTARTS',
        'db          postgres:15                                                      0',
        'storefront  registry.example/a/very/long/name/of/an/image:1234567890        12  exit code 1: no such file',
        '',
      ].join('\n'),
    );
  });

  test('fits the terminal, with long notes below their row', () => {
    const text = layOutTable(columns, rows, createScreen({ ...terminal, columns: 44 }, { NO_COLOR: '1' }));
    expect(text).toBe(
      [
        'SERVICE     IMAGE                   RESTARTS',
        'db          postgres:15                    0',
        'storefront  registry.example/a/ve…        12',
        '    exit code 1: no such file',
        '',
      ].join('\n'),
    );
  });
});

describe('width', () => {
  test('is counted in columns, not in characters', () => {
    expect(['abc', '\u001b[31mabc\u001b[39m', '数据', '👍', 'e\u0301'].map(textWidth)).toEqual([3, 3, 4, 2, 1]);
  });

  test('a cut keeps colours and ends them', () => {
    expect(cut('\u001b[31mabcdef\u001b[39m', 4, '…')).toBe('\u001b[31mabc…\u001b[0m');
    expect(cut('数据库', 5, '…')).toBe('数据…');
  });

  test('lines break between words', () => {
    expect(wrap('one two three four', 9)).toEqual(['one two', 'three', 'four']);
  });
});

test('quantities read as people say them', () => {
  expect([0, 999, 1234, 123_456_789, 5e12].map(formatBytes)).toEqual(['0 B', '999 B', '1.2 kB', '123 MB', '5.0 TB']);
  expect([0.04, 12.34, 125, 3725].map(formatSeconds)).toEqual(['0.0 s', '12.3 s', '2 m 05 s', '1 h 02 m']);
});
