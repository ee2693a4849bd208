import { commandLine } from '../../shell/command-lines.ts';
import type { LogFilter } from './log-filter.ts';

type Shown = { readonly directory: string; readonly set: string; readonly services: readonly string[]; readonly filter: LogFilter };

/** The command line that follows the same lines in a terminal. */
export function logsCommand({ directory, set, services, filter }: Shown): string {
  const chosen = filter.hidden.length === 0 ? [] : services.filter((service) => !filter.hidden.includes(service));
  return commandLine(['logs', set, ...chosen, '-f', ...(filter.text === '' ? [] : ['--filter', filter.text])], directory);
}
