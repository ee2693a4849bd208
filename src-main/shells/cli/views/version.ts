import type { Versions } from '#contract/system.ts';
import type { Screen } from '../screen.ts';

/** Versions, one a line. */
export function show({ backlot, engine, apiVersion, compose, runtime }: Versions, { clean }: Screen): string {
  const rows = [
    ['Backlot', backlot],
    ['Engine', engine === undefined ? 'not reached' : `${engine}${apiVersion ? ` (API ${apiVersion})` : ''}`],
    ['Compose', compose ?? 'not found'],
    ['Runtime', runtime],
  ];
  return rows.map(([label = '', value = '']) => `${label.padEnd(8)} ${clean(value)}\n`).join('');
}
