import type { Screen } from '../screen.ts';

type Pushed = { readonly reference: string; readonly digest: string };

/** Where a fixture was pushed to. */
export function show({ reference }: Pushed, { paint, symbols, clean }: Screen): string {
  return `${paint.green(symbols.good)} Pushed. Others get it by: ${paint.bold(`backlot fixture pull ${clean(reference)}`)}\n`;
}
