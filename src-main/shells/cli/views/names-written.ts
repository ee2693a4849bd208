import type { About } from '../command.ts';
import type { Screen } from '../screen.ts';

type Written = { readonly file: string; readonly line: number };

/** Where an alias, or a name that may pass, was written. */
export function show({ file, line }: Written, { paint, symbols, clean }: Screen, { given }: About): string {
  const [name = '', service] = given.operands;
  const what = service === undefined ? `${name} may pass the guard` : `${name} is a name of ${service}`;
  return `${paint.green(symbols.good)} ${clean(what)}: ${clean(file)}:${line}\nIt holds from the next ${paint.bold('backlot up')} on\n`;
}
