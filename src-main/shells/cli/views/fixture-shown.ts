import type { Screen } from '../screen.ts';
import { layOutTable } from '../table.ts';
import { shortDigest } from './fixture.ts';

type Shown = { readonly name: string; readonly digest: string };
type Showing = { readonly set: string; readonly services: readonly { readonly service: string; readonly tier: string; readonly fixture?: Shown | undefined; readonly former?: { readonly fixture?: Shown | undefined } | undefined }[] };

/** What data each service of a set has, and what an undo would bring back. */
export function show({ set, services }: Showing, screen: Screen): string {
  const { clean, paint } = screen;
  if (services.length === 0) return `No fixture is loaded in ${clean(set)}: each service has its own data\n  ${paint.bold(`backlot fixture load NAME --set ${clean(set)}`)} puts one in place\n`;
  const words = (shown: Shown | undefined) => (shown ? `${clean(shown.name)} ${shortDigest(shown.digest)}` : 'its own data');
  const rows = services.map(({ service, tier, fixture, former }) => ({ cells: [clean(service), words(fixture), former ? words(former.fixture) : '', tier] }));
  return layOutTable([{ title: 'SERVICE' }, { title: 'HAS', yields: true }, { title: 'UNDO BRINGS BACK', yields: true }, { title: 'BY' }], rows, screen);
}
