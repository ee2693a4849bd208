import { subVerbs, type Command, type Option } from './command.ts';
import { COMMANDS, GROUPS } from './commands.ts';
import { GLOBAL_OPTIONS } from './globals.ts';
import type { Paint } from './paint.ts';

type Asked = { readonly command?: Command; readonly family?: string };

/** The help of one verb, of a family of verbs, or of all. */
export function helpText({ command, family }: Asked, paint: Paint): string {
  if (command) return verbHelp(command, paint);
  return family ? familyHelp(family, paint) : overview(paint);
}

/** How a verb is written: up [SET] [SERVICE…] [--timeout S] [--build]. */
function usageOf({ word, operands, options, takesCommand }: Command): string {
  return [
    word,
    ...operands.map(({ label, required, many, choices }) => {
      const name = choices ? choices.join('|') : `${label}${many ? '…' : ''}`;
      return required ? name : `[${name}]`;
    }),
    ...options.map((option) => `[${spell(option)}]`),
    ...(takesCommand ? ['-- CMD…'] : []),
  ].join(' ');
}

function overview(paint: Paint): string {
  const shown = GROUPS.map(({ title, commands }) => ({ title, commands: commands.filter((command) => !command.hidden) }));
  const width = widthOf(shown.flatMap(({ commands }) => commands));
  return [
    'Brings up full-size sets of a team’s backend on a real Docker engine.',
    '',
    `${paint.bold('Usage')}  backlot VERB [OPTIONS]`,
    ...shown.flatMap(({ title, commands }) => verbList(title, commands, paint, width)),
    ...optionList('For every verb', [...GLOBAL_OPTIONS, { name: 'version', summary: 'Print Backlot’s version' }], paint),
    '',
    'More about a verb: backlot VERB --help',
    '',
  ].join('\n');
}

function familyHelp(family: string, paint: Paint): string {
  return [`${paint.bold('Usage')}  backlot ${family} WORD`, ...verbList('Verbs', subVerbs(COMMANDS, family), paint), '', `More about one: backlot ${family} WORD --help`, ''].join('\n');
}

function verbList(title: string, commands: readonly Command[], paint: Paint, width = widthOf(commands)): string[] {
  return commands.length === 0 ? [] : ['', paint.bold(title), ...commands.map((command) => `  ${command.word.padEnd(width)}  ${command.summary}`)];
}

function widthOf(commands: readonly Command[]): number {
  return Math.max(0, ...commands.map((command) => command.word.length));
}

function verbHelp(command: Command, paint: Paint): string {
  return [
    `${command.summary}.`,
    '',
    `${paint.bold('Usage')}  backlot ${usageOf(command)}`,
    ...(command.details ? ['', ...command.details.map((line) => `  ${line}`)] : []),
    ...(command.examples ? ['', paint.bold('Examples'), ...command.examples.map((line) => `  ${line}`)] : []),
    ...verbList('Further verbs', subVerbs(COMMANDS, command.word), paint),
    ...optionList('Options', command.options, paint),
    ...optionList('For every verb', GLOBAL_OPTIONS, paint),
    '',
  ].join('\n');
}

function optionList(title: string, options: readonly Option[], paint: Paint): string[] {
  if (options.length === 0) return [];
  const spelled = options.map((option) => `${option.short ? `-${option.short}, ` : '    '}${spell(option)}`);
  const width = Math.max(...spelled.map((text) => text.length));
  return ['', paint.bold(title), ...options.map((option, index) => `  ${(spelled[index] ?? '').padEnd(width)}  ${option.summary}`)];
}

function spell({ name, value }: Option): string {
  return value ? `--${name} ${value.label}` : `--${name}`;
}
