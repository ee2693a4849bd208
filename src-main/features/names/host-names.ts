import { BacklotError } from '#contract/errors.ts';
import type { Api } from '#contract/index.ts';
import type { Implementation } from '#core/dispatcher.ts';

type Names = Implementation<Pick<Api, 'names'>>['names'];

/** How this machine resolves the suffixes. */
export function createHostNames(_ports: object): Pick<Names, 'host' | 'install' | 'uninstall'> {
  const notBuilt = () => Promise.reject(new BacklotError('resolver-failed', 'not built yet'));
  return { host: notBuilt, install: notBuilt, uninstall: notBuilt };
}
