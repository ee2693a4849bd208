import { count } from '../quantity.ts';
import type { Screen } from '../screen.ts';
import { shortDigest } from './fixture.ts';

type Removed = { readonly removed: readonly string[] };

/** Which captures were removed. */
export function show({ removed }: Removed, { paint, symbols }: Screen): string {
  return `${paint.green(symbols.good)} Removed ${count(removed.length, 'capture')}: ${removed.map(shortDigest).join(', ')}\n`;
}
