import type { Screen } from '../screen.ts';

type Written = { readonly file: string; readonly sets: Readonly<Record<string, readonly string[]>> };

/** What `init` wrote, and what to do with it. */
export function show({ file, sets }: Written, { paint, symbols }: Screen): string {
  const width = Math.max(0, ...Object.keys(sets).map((name) => name.length));
  const [first = ''] = Object.keys(sets);
  return [
    `${paint.green(symbols.good)} Wrote ${file}`,
    ...Object.entries(sets).map(([name, services]) => `  ${name.padEnd(width)}  ${paint.dim(services.join(', ') || 'no services')}`),
    `Look it over, then: ${paint.bold(`backlot up ${first}`.trimEnd())}`,
    '',
  ].join('\n');
}
