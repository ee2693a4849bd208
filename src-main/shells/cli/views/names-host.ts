import type { HostChange, HostNames } from '#contract/names.ts';
import { count } from '../quantity.ts';
import type { Screen } from '../screen.ts';

const MECHANISMS: Readonly<Record<HostNames['mechanism'], string>> = {
  'systemd-resolved': 'systemd-resolved',
  'resolver-folder': 'the resolver folder of macOS',
  nrpt: 'the name resolution policy of Windows',
  'hosts-file': 'a block in the hosts file',
};

/** How this machine resolves the suffixes, and the resolver that tools can be pointed at. */
export function show(host: HostNames, screen: Screen): string {
  const { paint, symbols, clean } = screen;
  const { state, mechanism, resolver, suffixes = [], answers = [], changes, notes = [] } = host;
  const domains = suffixes.length > 0 ? clean(suffixes.join(', ')) : 'no suffixes';
  const states = {
    installed: `${paint.green(symbols.good)} This machine resolves ${domains}, by ${MECHANISMS[mechanism]}`,
    partial: `${paint.yellow(symbols.warning)} This machine resolves ${domains} only in part, by ${MECHANISMS[mechanism]}`,
    absent: `${paint.dim(symbols.idle)} ${suffixes.length > 0 ? `This machine does not resolve ${domains} through Backlot` : 'This machine resolves nothing through Backlot'}`,
  };
  const where = resolver ? `  resolver  ${paint.cyan(`${resolver.address}:${resolver.port}`)} ${paint.dim('UDP and TCP')}` : `  resolver  ${paint.dim('does not run; it comes with backlot up of a project with suffixes')}`;
  return [
    states[state],
    where,
    ...answers.map(({ project, set, names }, index) => `  ${index === 0 ? 'answers ' : '        '}  ${clean(project)} ${symbols.dot} ${clean(set)} ${paint.dim(`${count(names, 'name')}${index === 0 && answers.length > 1 ? ', first' : ''}`)}`),
    ...notes.map((note) => paint.yellow(`${symbols.warning} ${clean(note)}`)),
    ...(state === 'installed' || changes.length === 0 ? [] : ['', `${paint.bold('backlot names install')} would change:`, showChanges(changes, screen).trimEnd()]),
    '',
  ].join('\n');
}

/** What is there now and what will be, for each file or setting. */
export function showChanges(changes: readonly HostChange[], { paint, clean }: Screen): string {
  const lines = (text: string) => clean(text).replace(/\n$/, '').split('\n').filter(Boolean);
  return changes
    .flatMap(({ what, now, then }) => [
      paint.bold(clean(what)),
      ...lines(now).map((line) => paint.red(`  - ${line}`)),
      ...lines(then).map((line) => paint.green(`  + ${line}`)),
    ])
    .map((line) => `${line}\n`)
    .join('');
}
