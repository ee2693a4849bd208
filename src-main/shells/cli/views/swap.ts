import { formatSeconds } from '../quantity.ts';
import type { Screen } from '../screen.ts';

type Swapped = { readonly set: string; readonly service: string; readonly swappedTo: readonly string[]; readonly seconds: number };

/** Who has the service's place now. */
export function show({ set, service, swappedTo, seconds }: Swapped, { paint, symbols, clean }: Screen): string {
  const time = formatSeconds(seconds);
  const name = clean(service);
  if (swappedTo.length === 0) return `${paint.green(symbols.good)} ${name} has its place in ${clean(set)} back, in ${time}\n`;
  return `${paint.green(symbols.good)} ${name} in ${clean(set)} is swapped to ${clean(swappedTo.join(', '))}, in ${time}\nGive it back: ${paint.bold(`backlot swap ${name} --back --set ${clean(set)}`)}\n`;
}
