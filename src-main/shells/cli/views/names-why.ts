import type { Explanation } from '#contract/names.ts';
import type { Screen } from '../screen.ts';

/** How a lookup was decided, step by step, and its verdict last. */
export function show({ name, from, steps, ...rest }: Explanation, { paint, clean }: Screen): string {
  const width = String(steps.length).length;
  return [
    `${paint.bold(clean(name))}${paint.dim(from === undefined ? ' on this machine' : ` from ${clean(from)}`)}`,
    ...steps.map((step, index) => `  ${String(index + 1).padStart(width)}. ${clean(step)}`),
    verdictLine(rest, { paint, clean }),
    '',
  ].join('\n');
}

function verdictLine({ verdict, owner, address }: Pick<Explanation, 'verdict' | 'owner' | 'address'>, { paint, clean }: Pick<Screen, 'paint' | 'clean'>): string {
  const where = address === undefined ? '' : ` at ${clean(address)}`;
  switch (verdict) {
    case 'owned':
      return paint.green(`owned: ${clean(owner ?? 'a service')} answers${where}`);
    case 'blocked':
      return paint.red('blocked: nobody here owns it, so the guard answers that it does not exist');
    case 'forwarded':
      return paint.yellow(`forwarded: answered from outside${where}`);
    case 'unknown':
      return paint.yellow('unknown: nobody knows it');
    default:
      return verdict satisfies never;
  }
}
