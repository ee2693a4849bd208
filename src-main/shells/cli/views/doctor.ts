import type { Check } from '#contract/system.ts';
import { count } from '../quantity.ts';
import type { Screen } from '../screen.ts';

type Report = { readonly checks: readonly Check[] };

/** One line per check, what to do below those that are not well. */
export function show({ checks }: Report, screen: Screen): string {
  const width = Math.max(0, ...checks.map((check) => check.id.length));
  return [...checks.flatMap((check) => showCheck(check, width, screen)), '', conclude(checks, screen), ''].join('\n');
}

export function exitCode({ checks }: Report): number {
  return checks.some((check) => check.status === 'fail') ? 1 : 0;
}

function showCheck({ id, status, message, fix }: Check, width: number, { paint, symbols, clean }: Screen): string[] {
  const marks = { ok: paint.green(symbols.good), warn: paint.yellow(symbols.warning), fail: paint.red(symbols.bad) };
  const gap = ' '.repeat(width + 4);
  const [first = '', ...more] = clean(message).split('\n');
  return [
    `${marks[status]} ${paint.bold(id.padEnd(width))}  ${first}`,
    ...more.map((line) => gap + line),
    ...(fix && status !== 'ok' ? clean(fix).split('\n').map((line, index) => gap + (index === 0 ? `${paint.bold('fix:')} ` : '     ') + line) : []),
  ];
}

function conclude(checks: readonly Check[], { paint }: Screen): string {
  const amount = (status: Check['status']) => checks.filter((check) => check.status === status).length;
  const [failures, warnings] = [amount('fail'), amount('warn')];
  if (failures > 0) return paint.red(`${count(failures, 'failure')}${warnings > 0 ? `, ${count(warnings, 'warning')}` : ''}`);
  return warnings > 0 ? paint.yellow(count(warnings, 'warning')) : paint.green('All is well');
}
