import type { Loaded } from '#contract/fixtures.ts';
import { flag, type About } from '../command.ts';
import { formatBytes, formatSeconds } from '../quantity.ts';
import type { Screen } from '../screen.ts';
import { layOutTable } from '../table.ts';
import { shortDigest } from './fixture.ts';

/** What a load or a reset put in place; of each service, where there are several, or where the first line does not say it. */
export function show({ set, services, data, tier, seconds, copied }: Loaded, screen: Screen, { given }: About): string {
  const { paint, symbols, clean } = screen;
  const undone = flag(given, 'undo');
  const digests = [...new Set(data.map(({ fixture }) => fixture?.digest))];
  const what = undone ? 'has its former data back' : digests.length > 1 ? 'have their fixtures again' : `has ${digests[0] === undefined ? 'its own data' : `the fixture ${shortDigest(digests[0])}`}`;
  const first = `${paint.green(symbols.good)} ${clean(services.join(', '))} in ${paint.bold(clean(set))} ${what} after ${formatSeconds(seconds)} (${tier})\n`;
  const later = copied === undefined ? '' : `  each file of these ${formatBytes(copied)} is copied when it is first opened: the first query of a large table takes longer\n`;
  if (data.length < 2 && !undone) return first + later;
  const rows = data.map(({ service, fixture }) => ({ cells: [clean(service), ...(fixture ? [clean(fixture.name), shortDigest(fixture.digest)] : ['its own data', ''])] }));
  return `${first}${later}${layOutTable([{ title: 'SERVICE' }, { title: 'HAS', yields: true }, { title: 'DIGEST' }], rows, screen)}`;
}
