import type { Command, Option } from './command.ts';
import { GROUPS } from './commands.ts';
import { GLOBAL_OPTIONS } from './globals.ts';
import type { Paint } from './paint.ts';

/** The help of one verb, or of all. */
export function helpText(command: Command | undefined, paint: Paint): string {
  return command ? verbHelp(command, paint) : overview(paint);
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
  const width = Math.max(...shown.flatMap(({ commands }) => commands.map((command) => command.word.length)));
  return [
    'Brings up full-size sets of a team’s backend on a real Docker engine.',
    '',
    `${paint.bold('Usage')}  backlot VERB [OPTIONS]`,
    ...shown.flatMap(({ title, commands }) => ['', paint.bold(title), ...commands.map((command) => `  ${command.word.padEnd(width)}  ${command.summary}`)]),
    ...optionList('For every verb', [...GLOBAL_OPTIONS, { name: 'version', summary: 'Print Backlot’s version' }], paint),
    '',
    'More about a verb: backlot VERB --help',
    '',
  ].join('\n');
}

function verbHelp(command: Command, paint: Paint): string {
  return [
    `${command.summary}.`,
    '',
    `${paint.bold('Usage')}  backlot ${usageOf(command)}`,
    ...(command.details ? ['', ...command.details.map((line) => `  ${line}`)] : []),
    ...(command.examples ? ['', paint.bold('Examples'), ...command.examples.map((line) => `  ${line}`)] : []),
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
