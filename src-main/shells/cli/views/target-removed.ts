import type { Screen } from '../screen.ts';

/** What is gone from a target. */
export function show({ target, removed }: { readonly target: string; readonly removed: readonly string[] }, { paint, symbols, clean }: Screen): string {
  if (removed.length === 0) return `There was nothing of ${clean(target)}\n`;
  return `${paint.green(symbols.good)} Gone from ${clean(target)}: ${removed.map((name) => clean(name)).join(', ')}\n`;
}
