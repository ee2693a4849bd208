import { setTimeout as delay } from 'node:timers/promises';
import { BacklotError } from '#contract/errors.ts';
import { recordTag } from './registry-record.ts';
import { holds, LEASE, storedLock, writeLock, type HeldLock, type Locking } from './stored-lock.ts';

const LOOK = 1000;
const RENEWAL = 60_000;
/** So long before its end a lock that cannot be renewed counts as lost. */
const MARGIN = 60_000;
const ANSWER = 20_000;

/** Looks after a lock while work runs: renews it, writes over claims of others, and tells once where somebody else holds it or it ran out. Its own signals: work that is cancelled may have a long way back. */
export function keepLock(locking: Locking, held: HeldLock, onLost: (why: BacklotError) => void): { readonly stop: () => Promise<void> } {
  const ended = new AbortController();
  const keeping = keep(locking, held, ended.signal).then((why) => why && onLost(why));
  return {
    async stop() {
      ended.abort();
      await keeping;
    },
  };
}

/** Why the lock is lost; nothing where the work ended first. */
async function keep(locking: Locking, { token, written }: HeldLock, ended: AbortSignal): Promise<BacklotError | undefined> {
  let digest = written.digest;
  let renewed = performance.now();
  for (;;) {
    await delay(LOOK, undefined, { signal: ended, ref: false }).catch(() => {});
    if (ended.aborted) return undefined;
    try {
      const isDue = performance.now() - renewed > RENEWAL;
      if (!isDue && (await isThere(locking, digest))) continue;
      const now = await storedLock(locking, AbortSignal.timeout(ANSWER));
      if (now && now.token !== token && holds(now) && now.isClaim !== true) return lost(locking.target, `${now.owner} holds it now (${now.reason})`);
      if (ended.aborted) return undefined;
      digest = (await writeLock(locking, { token, milliseconds: LEASE }, AbortSignal.timeout(ANSWER))).written.digest;
      renewed = performance.now();
    } catch (error) {
      if (performance.now() - renewed > LEASE - MARGIN) return lost(locking.target, `it could not be renewed in time: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
}

const isThere = async ({ repository, target }: Locking, digest: string) => (await repository.findManifest(recordTag('lock', target), AbortSignal.timeout(ANSWER)))?.digest === digest;

const lost = (target: string, why: string) => new BacklotError('target-locked', `The lock of ${target} was lost: ${why}`, { fix: 'What was begun is left as it is: whoever holds the lock brings it in order. See backlot releases.' });
