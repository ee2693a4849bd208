import type { Release } from '#contract/releases.ts';
import type { Screen } from '../screen.ts';

/** How a release ended, in one cell. */
export function verdictOf({ state, rolledBack, faulty }: Pick<Release, 'state' | 'rolledBack' | 'faulty'>, { paint, symbols }: Screen): string {
  const marks = {
    running: paint.cyan(symbols.idle),
    pass: paint.green(symbols.good),
    fail: paint.red(symbols.bad),
    inconclusive: paint.yellow(symbols.idle),
    cancelled: paint.yellow(symbols.idle),
    interrupted: paint.red(symbols.bad),
  };
  return `${marks[state]} ${state}${rolledBack ? ', rolled back' : ''}${faulty ? ', faulty' : ''}`;
}
