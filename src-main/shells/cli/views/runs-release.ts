import type { Screen } from '../screen.ts';

/** Whether a run was held, and is gone now. */
export function show({ run, released }: { readonly run: string; readonly released: boolean }, { paint, symbols }: Screen): string {
  return released ? `${paint.green(symbols.good)} ${run} is gone\n` : `${run} is not held\n`;
}
