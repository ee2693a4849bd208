import type { TargetLock } from '#contract/releases.ts';
import type { Screen } from '../screen.ts';

/** Whether a target is locked now. */
export function show(lock: TargetLock | { readonly unlocked: boolean }, { paint, symbols, clean }: Screen): string {
  if ('unlocked' in lock) return lock.unlocked ? `${paint.green(symbols.good)} It is free again\n` : 'It was not locked\n';
  return `${paint.green(symbols.good)} Locked until ${lock.until}: ${clean(lock.reason)}\n`;
}
