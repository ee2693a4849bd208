import type { EnvironmentVariables } from '#contract/stack.ts';
import { text, type About } from '../command.ts';
import type { Screen } from '../screen.ts';

/** Variables as a dotenv file, as a JSON object, or as shell commands. */
export function show({ variables }: EnvironmentVariables, _screen: Screen, { given }: About): string {
  switch (text(given, 'format')) {
    case 'json':
      return `${JSON.stringify(Object.fromEntries(variables.map(({ name, value }) => [name, value])), undefined, 2)}\n`;
    case 'shell':
      return variables.map(({ name, value }) => `export ${name}=${quoteForShell(value)}\n`).join('');
    default:
      return variables.map(({ name, value }) => `${name}=${quoteForDotenv(value)}\n`).join('');
  }
}

const PLAIN = /^[\w@%+=:,./?&~-]*$/;

export function quoteForShell(value: string): string {
  return /^[\w@%+=:,./-]+$/.test(value) ? value : `'${value.replaceAll("'", `'\\''`)}'`;
}

/** Single quotes are taken as they are by every reader of dotenv files; they cannot hold one themselves. */
export function quoteForDotenv(value: string): string {
  if (PLAIN.test(value)) return value;
  if (!value.includes("'")) return `'${value}'`;
  return `"${value.replace(/["\\$]/g, '\\$&').replaceAll('\n', '\\n')}"`;
}
