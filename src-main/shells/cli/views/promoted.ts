import type { Promotion } from '#contract/releases.ts';
import type { Screen } from '../screen.ts';

/** What was promoted, and how to go on. */
export function show({ image, revision, target, sent, override }: Promotion, { paint, symbols, clean }: Screen): string {
  const how = sent ? 'pushed' : 'was in the registry already';
  const why = override === undefined ? '' : `\n  ${paint.yellow('overridden')}: ${clean(override)}`;
  return `${paint.green(symbols.good)} ${clean(revision.slice(0, 12))} is promoted to ${paint.bold(clean(target))} (${how})${why}\n  ${paint.dim(clean(image))}\n  ${paint.bold(`backlot deploy ${clean(target)}`)} releases it\n`;
}
