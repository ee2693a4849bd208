import type { BuildResult } from '#contract/runs.ts';
import { formatSeconds } from '../quantity.ts';
import type { Screen } from '../screen.ts';

/** The image that was built. */
export function show({ image, digest, cached, seconds, dirty }: BuildResult, { paint, symbols, clean }: Screen): string {
  const how = cached ? 'was there' : `built in ${formatSeconds(seconds)}`;
  return `${paint.green(symbols.good)} ${paint.bold(clean(image))} ${how}\n  ${paint.dim(digest)}${dirty ? `\n  ${paint.yellow('of a checkout that differs from its commit')}` : ''}\n`;
}
