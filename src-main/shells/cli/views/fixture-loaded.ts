import { flag, type About } from '../command.ts';
import { formatSeconds } from '../quantity.ts';
import type { Screen } from '../screen.ts';
import { shortDigest } from './fixture.ts';

type Loaded = { readonly set: string; readonly services: readonly string[]; readonly digest: string; readonly tier: string; readonly seconds: number };

/** What a load or a reset put in place. */
export function show({ set, services, digest, tier, seconds }: Loaded, { paint, symbols, clean }: Screen, { given }: About): string {
  const what = flag(given, 'undo') ? 'has its former data back' : `has ${digest === '' ? 'its own data' : `the fixture ${shortDigest(digest)}`}`;
  return `${paint.green(symbols.good)} ${clean(services.join(', '))} in ${paint.bold(clean(set))} ${what} after ${formatSeconds(seconds)} (${tier})\n`;
}
