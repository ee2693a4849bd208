import { expect, test } from 'vitest';
import { commandLine, withoutFolder } from '../../../src-renderer/shell/command-lines.ts';
import { rank } from '../../../src-renderer/shell/palette-rank.ts';

const ENTRIES = [
  { label: 'Logs catalogue', group: 'catalogue', command: 'backlot logs minimal catalogue -f' },
  { label: 'Restart catalogue', group: 'catalogue', command: 'backlot restart minimal catalogue' },
  { label: 'Up minimal', group: 'Set', command: 'backlot up minimal' },
  { label: 'Names', group: 'Go to' },
];

test('nothing typed leaves every entry in its order', () => expect(rank(ENTRIES, ' ')).toEqual(ENTRIES));

test('every typed word must occur, in the label, the group or the command', () => {
  expect(rank(ENTRIES, 'cata rest').map(({ label }) => label)).toEqual(['Restart catalogue']);
  expect(rank(ENTRIES, 'zebra')).toEqual([]);
});

test('what begins with the typed text comes first, and groups stay together', () => {
  expect(rank(ENTRIES, 'up')[0]?.label).toBe('Up minimal');
  expect(rank(ENTRIES, 'minimal').map(({ group }) => group)).toEqual(['Set', 'catalogue', 'catalogue']);
});

test('a command line quotes what a shell would take apart, and is shown without the folder', () => {
  const line = commandLine(['names', 'alias', "it's", undefined, 'db'], '/my work/shop');
  expect(line).toBe(`backlot -C '/my work/shop' names alias 'it'\\''s' db`);
  expect(withoutFolder(line)).toBe(`backlot names alias 'it'\\''s' db`);
});
