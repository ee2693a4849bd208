import { describe, expect, test } from 'vitest';
import { COMMANDS } from '../../../src-main/shells/cli/commands.ts';
import { parse } from '../../../src-main/shells/cli/parse.ts';
import { parseSeconds } from '../../../src-main/shells/cli/parse-value.ts';
import { UsageError } from '../../../src-main/shells/cli/usage.ts';

/** What a command line means, as text. */
function meaning(line: string): string {
  const parsed = parse(line.split(' ').filter(Boolean), COMMANDS);
  if (parsed.kind !== 'run') return parsed.kind === 'help' ? `help ${parsed.command?.word ?? ''}`.trim() : parsed.kind;
  const { operands, options, command } = parsed.given;
  const spelled = [...options].map(([name, value]) => `${name}=${value}`);
  return [parsed.command.word, ...operands, ...spelled, ...(command.length > 0 ? ['--', ...command] : [])].join(' ');
}

function refusal(line: string): string {
  try {
    return `accepted: ${meaning(line)}`;
  } catch (error) {
    if (error instanceof UsageError) return `${error.message} | ${error.fix}`;
    throw error;
  }
}

describe('a command line', () => {
  test('takes options that every verb has before and after the verb', () => {
    expect(meaning('-C shop --json up minimal')).toBe('up minimal project=shop json=true');
    expect(meaning('up minimal --json --project=shop')).toBe('up minimal json=true project=shop');
    expect(meaning('up -Cshop -vy')).toBe('up project=shop verbose=true yes=true');
  });

  test('takes a set, then services', () => {
    expect(meaning('up minimal api db --timeout 2m --build')).toBe('up minimal api db timeout=120 build=true');
    expect(meaning('logs -f -n 10 minimal')).toBe('logs minimal follow=true tail=10');
    expect(meaning('logs -fn10')).toBe('logs follow=true tail=10');
  });

  test('leaves a command to run inside a service alone', () => {
    expect(meaning('exec db -- psql -U me --json')).toBe('exec db -- psql -U me --json');
    expect(meaning('exec db psql -U me')).toBe('exec db -- psql -U me');
    expect(meaning('exec -T db --json -- ls -v')).toBe('exec db no-tty=true json=true -- ls -v');
  });

  test('asks for help in every way that people try', () => {
    expect(meaning('')).toBe('help');
    expect(meaning('--help')).toBe('help');
    expect(meaning('help up')).toBe('help up');
    expect(meaning('up --help')).toBe('help up');
    expect(meaning('exec --help')).toBe('help exec');
    expect(meaning('--version')).toBe('version');
  });

  test.each([
    ['upp', 'There is no verb "upp" | Did you mean: backlot up'],
    ['frobnicate', 'There is no verb "frobnicate" | See what there is: backlot --help'],
    ['up --bild', 'There is no option "--bild" | Did you mean: --build'],
    ['up -Z', 'There is no option "-Z" | See what there is: backlot up --help'],
    ['--follow logs', '--follow does not stand before the verb | Write it after: backlot logs --follow'],
    ['up --timeout', '--timeout needs a value | Write it as --timeout S'],
    ['up --timeout --build', '--timeout needs a value | Write it as --timeout S'],
    ['up --timeout soon', '--timeout is "soon" | Give seconds or a duration: --timeout 90, --timeout 2m30s'],
    ['up --timeout 0', '--timeout is "0" | Give seconds or a duration, more than 0: --timeout 90, --timeout 2m30s'],
    ['fixture preview shop --rows 99999999999', '--rows is "99999999999" | Give a whole number from 1 to 50: --rows N'],
    ['logs --tail -1', '--tail is "-1" | Give a whole number: --tail 100'],
    ['serve --port 70000', '--port is "70000" | Give a port from 0 to 65535: --port 7777'],
    ['up --build=yes', '--build takes no value | Write it as --build alone'],
    ['env --format xml', '--format is "xml" | Choose one of: dotenv, json, shell'],
    ['env --format jsno', '--format is "jsno" | Did you mean json? Choose one of: dotenv, json, shell'],
    ['completion fsh', 'SHELL is "fsh" | Did you mean fish? Choose one of: bash, zsh, fish'],
    ['completion tcsh', 'SHELL is "tcsh" | Choose one of: bash, zsh, fish'],
    ['completion', 'completion needs SHELL | See how it is used: backlot completion --help'],
    ['exec', 'exec needs SERVICE | See how it is used: backlot exec --help'],
    ['exec db', 'exec needs a command | Write it as: backlot exec db -- CMD…'],
    ['ps minimal db', 'ps does not take "db" | See how it is used: backlot ps --help'],
    ['ps -- minimal db', 'ps does not take "db" | See how it is used: backlot ps --help'],
    ['up -q -v', '--quiet and --verbose do not go together | Leave one of them out'],
    ['ps --host a --context b', '--host and --context do not go together | Leave one of them out'],
    ['down --all minimal', '--all and a set do not go together | Leave one of them out'],
    ['releases staging --path production', '--path and a target do not go together | Leave one of them out'],
    ['promote --target staging --to production', '--target and --to do not go together | Leave one of them out'],
    ['--json', 'A verb is missing | See what there is: backlot --help'],
  ])('B53: %s is refused with what to write instead', (line, expected) => {
    expect(refusal(line)).toBe(expected);
  });

  test('verbs of two words are told from verbs of one', () => {
    const ps = COMMANDS.find((command) => command.word === 'ps');
    if (!ps) throw new Error('there is no ps');
    const table = [{ ...ps, word: 'names' }, { ...ps, word: 'names why' }, { ...ps, word: 'fixture list' }];
    const word = (...words: string[]) => {
      const parsed = parse(words, table);
      return parsed.kind === 'run' ? [parsed.command.word, ...parsed.given.operands] : parsed.kind;
    };
    expect(word('names', 'minimal')).toEqual(['names', 'minimal']);
    expect(word('names', 'why', 'db')).toEqual(['names why', 'db']);
    expect(word('fixture', 'list')).toEqual(['fixture list']);
    expect(() => word('fixture', 'lits')).toThrow('There is no verb "fixture lits"');
    expect(() => word('fixture')).toThrow('fixture needs a further word');
  });
});

test('durations are read in seconds, minutes and hours', () => {
  expect(['90', '1.5', '90s', '2m', '1h30m'].map(parseSeconds)).toEqual([90, 1.5, 90, 120, 5400]);
  expect(['', 's', '1m30', '-1', '1d', '1 m'].map(parseSeconds)).toEqual(Array(6).fill(undefined));
});
