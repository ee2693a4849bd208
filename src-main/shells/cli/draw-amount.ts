import type { Progress } from '#contract/operations.ts';
import { formatBytes } from './quantity.ts';
import type { Screen } from './screen.ts';

const BAR = 16;

/** How far something is: a bar where its whole is known, the amount so far where not. */
export function drawAmount({ done, total, unit }: Progress, words: string, { paint, symbols }: Screen): string {
  if (!total) return paint.dim(`${formatAmount(done, unit)} ${words}`.trimEnd());
  const full = Math.round(BAR * Math.min(1, done / total));
  const [filled, empty] = symbols.bar;
  return `${paint.cyan(filled.repeat(full))}${paint.dim(empty.repeat(BAR - full))} ${paint.dim(`${formatAmount(done, unit)} of ${formatAmount(total, unit)} ${words}`.trimEnd())}`;
}

/** An amount in its unit: 12 MB, 4,000 rows. */
export function formatAmount(amount: number, unit: Progress['unit']): string {
  return unit === 'bytes' ? formatBytes(amount) : `${unit === 'rows' ? amount.toLocaleString('en') : amount} ${unit}`;
}
