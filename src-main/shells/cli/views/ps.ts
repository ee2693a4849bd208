import type { ServiceStatus, SetStatus, StackStatus } from '#contract/stack.ts';
import { toneOf } from '../progress-rows.ts';
import type { Screen } from '../screen.ts';
import { layOutTable } from '../table.ts';
import { formatPort } from './config.ts';

/** What is up, one table for each set. */
export function show({ project, sets }: StackStatus, screen: Screen): string {
  const shown = sets.filter((set) => set.services.length > 0);
  if (shown.length === 0) return `Nothing of ${project} is up. Bring it up: ${screen.paint.bold('backlot up')}\n`;
  return shown.map((set) => showSet(project, set, screen)).join('\n');
}

function showSet(project: string, { name, state, services }: SetStatus, screen: Screen): string {
  const { paint, symbols } = screen;
  const colours = { up: paint.green, starting: paint.cyan, partial: paint.yellow, failed: paint.red, down: paint.dim };
  const table = layOutTable(
    [
      { title: '  SERVICE' },
      { title: 'STATE' },
      { title: 'ADDRESS', yields: true },
      { title: 'PORTS', yields: true },
      { title: 'IMAGE', yields: true },
      { title: 'RESTARTS', align: 'right' },
      ...(services.some((service) => 'note' in noteOf(service, screen)) ? [{ title: 'WHY' }] : []),
    ],
    services.map((service) => ({ cells: cellsOf(service, screen), ...noteOf(service, screen) })),
    screen,
  );
  return `${paint.bold(project)} ${paint.dim(symbols.dot)} ${paint.bold(name)} ${paint.dim(symbols.dot)} ${colours[state](state)}\n${table}`;
}

/** Why it is not ready, who has its place, and whose names it answers to. */
function noteOf({ why, standsFor = [], swappedTo = [] }: ServiceStatus, { clean, symbols }: Screen): { readonly note?: string } {
  const parts = [
    ...(why ? [why] : []),
    ...(swappedTo.length > 0 ? [`swapped ${symbols.arrow} ${swappedTo.join(', ')}`] : []),
    ...(standsFor.length > 0 ? [`stands in for ${standsFor.join(', ')}`] : []),
  ];
  return parts.length > 0 ? { note: clean(parts.join('; ')) } : {};
}

function cellsOf({ name, state, addresses, ports, image, restarts }: ServiceStatus, { paint, symbols, clean }: Screen): string[] {
  const tone = toneOf(state);
  const marks = { good: paint.green(symbols.good), bad: paint.red(symbols.bad), working: paint.cyan(symbols.dot), idle: paint.dim(symbols.idle) };
  const colour = { good: paint.green, bad: paint.red, working: paint.cyan, idle: paint.dim }[tone];
  const published = ports.filter((port) => port.host !== undefined);
  return [
    `${state === 'stopped' || state === 'removed' ? paint.dim(symbols.idle) : marks[tone]} ${name}`,
    colour(state),
    addresses.host ?? addresses.container ?? '-',
    (published.length > 0 ? published : ports).map(formatPort).join(', ') || '-',
    clean(image),
    restarts > 0 ? paint.yellow(String(restarts)) : '0',
  ];
}
