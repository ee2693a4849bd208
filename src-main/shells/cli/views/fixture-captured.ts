import type { Fixture } from '#contract/fixtures.ts';
import type { About } from '../command.ts';
import type { Screen } from '../screen.ts';
import { show as showFixture } from './fixture.ts';

type Captured = Fixture | { readonly proposed: readonly string[] };

/** The fixture that was captured, or the rules files that were proposed. */
export function show(captured: Captured, screen: Screen, { given }: Pick<About, 'given'>): string {
  if (!('proposed' in captured)) return showFixture(captured, screen);
  const { paint, symbols, clean } = screen;
  const written = captured.proposed.map((file) => `${paint.green(symbols.good)} wrote ${clean(file)}\n`).join('');
  return `${written}Read every line of it: what it keeps is in the fixture as it is in the source. Then: ${paint.bold(`backlot fixture capture ${clean(given.operands[0] ?? 'NAME')}`)}\n`;
}
