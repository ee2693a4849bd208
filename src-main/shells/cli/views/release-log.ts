import type { Screen } from '../screen.ts';

/** The lines of a release's log. */
export function show({ lines }: { readonly lines: readonly string[] }, { clean }: Screen): string {
  return lines.length === 0 ? 'Nothing is kept of it\n' : lines.map((line) => `${clean(line)}\n`).join('');
}
