import { parse } from 'yaml';
import { describe, expect, test } from 'vitest';
import { addToList } from '#features/names/add-to-yaml.ts';

const ALIASES = ['names', 'aliases', 'db'];

describe('adding to a list of a file', () => {
  test.each([
    ['a flow list', 'names:\n  aliases: { db: ["pg-{1..2}"] } # why\nsets: {}\n', 'names:\n  aliases: { db: ["pg-{1..2}", pg] } # why\nsets: {}\n', 2],
    ['an empty flow list', 'names: { aliases: { db: [] } }\n', 'names: { aliases: { db: [pg] } }\n', 1],
    ['a flow list over lines', 'names:\n  aliases:\n    db: [\n      one, # first\n      two, # second\n    ]\n', 'names:\n  aliases:\n    db: [\n      one, # first\n      two, pg, # second\n    ]\n', 5],
    ['a block list', 'names:\n  aliases:\n    db:\n      - one   # first\n      # two\n\n    # the cache\n    cache: [c]\n', 'names:\n  aliases:\n    db:\n      - one   # first\n      - pg\n      # two\n\n    # the cache\n    cache: [c]\n', 5],
    ['a block list that is not indented', 'names:\n  allow: []\n  aliases:\n    db:\n    - one\n', 'names:\n  allow: []\n  aliases:\n    db:\n    - one\n    - pg\n', 6],
    ['a service without aliases, in a flow map', 'names: { aliases: { cache: [c] } }\n', 'names: { aliases: { cache: [c], db: [pg] } }\n', 1],
    ['a service without aliases, in a block map', 'names:\n  aliases:\n    cache: [c] # the cache\n\n# sets\nsets: {}\n', 'names:\n  aliases:\n    cache: [c] # the cache\n    db: [pg]\n\n# sets\nsets: {}\n', 4],
    ['names without aliases', 'names:\n  suffixes: [a.example]\nsets: {}', 'names:\n  suffixes: [a.example]\n  aliases:\n    db: [pg]\nsets: {}', 4],
    ['a file without names', '# ours\nversion: 1\n\n# the end', '# ours\nversion: 1\nnames:\n  aliases:\n    db: [pg]\n\n# the end', 5],
    ['a file whose last line is open', 'version: 1', 'version: 1\nnames:\n  aliases:\n    db: [pg]\n', 4],
  ])('%s keeps everything else as it was written', (_what, before, after, line) => {
    expect(addToList(before, ALIASES, 'pg')).toEqual({ text: after, line });
  });

  test('quotes what YAML would take for something else', () => {
    expect(addToList('names: { allow: [] }\n', ['names', 'allow'], '*.cdn.example').text).toBe('names: { allow: ["*.cdn.example"] }\n');
    expect(addToList('version: 1\n', ['names', 'allow'], '1e3').text).toContain('["1e3"]');
  });

  test.each([
    ['a key without a value', 'version: 1\nnames:\n# about sets\nsets: {}\n'],
    ['an anchor', 'x-list: &list [one]\nnames: { aliases: { db: *list } }\n'],
    ['lines that Windows ends', 'version: 1\r\nnames:\r\n  aliases:\r\n    db:\r\n      - one\r\n'],
    ['tabs between', 'names:\t{ aliases:\t{ db: [one] } }\n'],
  ])('%s: what the file says afterwards is right, and comments are kept', (_what, before) => {
    const { text } = addToList(before, ALIASES, 'pg');
    const value = parse(text) as { names: { aliases: { db: string[] } } };
    expect(value.names.aliases.db.at(-1)).toBe('pg');
    if (before.includes('#')) expect(text).toContain('# about sets');
  });
});
