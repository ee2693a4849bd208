import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { BacklotError } from '#contract/errors.ts';
import { TargetLock } from '#contract/releases.ts';
import type { Repository } from '#ports/image-registry.ts';
import { keepLock } from './keep-lock.ts';
import { recordTag, writeRecord } from './registry-record.ts';
import { holds, LEASE, storedLock, writeLock, type HeldLock, type Locking } from './stored-lock.ts';

/** So long at least a claim has to stay ours before it counts. */
const CONFIRMATION = 400;
/** How soon after it looked a claim has to be written, so that whoever claims at the same time sees it. */
const AT_ONCE = CONFIRMATION / 2;
/** How long one that was slower waits: until whoever holds the lock by then has written over it. */
const SLOW = 3000;
const GIVING_BACK = 30_000;

/** The lock that holds now, if any. A claim does not hold yet. */
export async function readLock(repository: Repository, target: string, signal: AbortSignal): Promise<TargetLock | undefined> {
  const [closed, lock] = await Promise.all([closedBy({ repository, target }, signal), storedLock({ repository, target }, signal)]);
  return closed ? TargetLock.parse(closed) : lock && holds(lock) && lock.isClaim !== true ? TargetLock.parse(lock) : undefined;
}

/** What people said who keep the target closed. */
async function closedBy(place: Pick<Locking, 'repository' | 'target'>, signal: AbortSignal): Promise<TargetLock | undefined> {
  const lock = await storedLock(place, signal, 'closed');
  return lock && holds(lock) ? lock : undefined;
}

/**
 * Holds the target's lock while work runs, whose signal ends it where the lock is lost. A registry has no way to write only where nothing is, so a lock is
 * claimed first, and counts once the claim was still ours after a while; who holds it already looks every second and writes over claims. One that this very
 * machine left behind is taken over, since another lock on this machine says that its process is gone.
 */
export async function withTargetLock<Result>(locking: Locking, work: (signal: AbortSignal) => Promise<Result>, signal: AbortSignal): Promise<Result> {
  const held = await acquire(locking, LEASE, signal);
  const lost = new AbortController();
  const keeping = keepLock(locking, held, (why) => lost.abort(why));
  try {
    return await work(AbortSignal.any([signal, lost.signal]));
  } finally {
    await keeping.stop();
    await giveBack(locking, held.token, 'lock').catch(() => {});
  }
}

/**
 * Locks a target for people: nobody deploys to it until then. Nobody looks after such a lock, so it lies where no claim is written over it. It is written while
 * the lock of work is ours, and whoever takes that one looks for it after its claim: of two that meet, one sees the other.
 */
export async function lockTarget(locking: Locking, milliseconds: number, signal: AbortSignal): Promise<TargetLock> {
  // No machine's: none may take it for one that it left behind itself.
  const own = { ...locking, machine: '' };
  const { token } = await acquire(own, LEASE, signal);
  try {
    const { lock } = await writeLock(own, { token, milliseconds, kind: 'closed' }, signal);
    const now = await storedLock(own, signal);
    if (now?.token !== token) throw now && holds(now) ? locked(own.target, now) : unlocked(own.target);
    return TargetLock.parse(lock);
  } catch (error) {
    await giveBack(own, token, 'closed').catch(() => {});
    throw error;
  } finally {
    await giveBack(own, token, 'lock').catch(() => {});
  }
}

/** Gives a target free, whoever locked it. Tokens become others, so that whoever claims it at this moment sees that it was taken away. */
export async function unlockTarget(repository: Repository, target: string, signal: AbortSignal): Promise<boolean> {
  const given = await Promise.all((['closed', 'lock'] as const).map(async (kind) => {
    const lock = await storedLock({ repository, target }, signal, kind);
    if (!lock || !holds(lock)) return false;
    await writeRecord(repository, recordTag(kind, target), { ...lock, token: newToken(), until: lock.since }, signal);
    return true;
  }));
  return given.includes(true);
}

async function acquire(locking: Locking, milliseconds: number, signal: AbortSignal): Promise<HeldLock> {
  const token = newToken();
  const looked = performance.now();
  const [before, closed] = await Promise.all([storedLock(locking, signal), closedBy(locking, signal)]);
  if (closed) throw locked(locking.target, closed);
  const isOurs = locking.machine !== '' && before?.machine === locking.machine;
  if (before && holds(before) && !isOurs) throw locked(locking.target, before);
  // One that was never given back may have run out by our clock alone: whoever is alive writes over the claim.
  const isLeft = before !== undefined && !isOurs && before.until !== before.since;
  try {
    await writeLock(locking, { token, milliseconds, isClaim: true }, signal);
    const took = performance.now() - looked;
    await delay(took <= AT_ONCE && !isLeft ? CONFIRMATION : Math.max(SLOW, 2 * took), undefined, { signal }).catch(() => Promise.reject(new BacklotError('cancelled', 'cancelled')));
    const [after, closedSince] = await Promise.all([storedLock(locking, signal), closedBy(locking, signal)]);
    if (closedSince) throw locked(locking.target, closedSince);
    if (!after) throw new BacklotError('registry-failed', `The registry lost the lock of ${locking.target}`, { fix: 'Run it again.' });
    if (after.token !== token) throw holds(after) ? locked(locking.target, after) : unlocked(locking.target);
    return { token, ...(await writeLock(locking, { token, milliseconds }, signal)) };
  } catch (error) {
    await giveBack(locking, token, 'lock').catch(() => {});
    throw error;
  }
}

/** Ours alone is given back, also after a cancelled deploy. */
async function giveBack({ repository, target }: Locking, token: string, kind: 'lock' | 'closed'): Promise<void> {
  const signal = AbortSignal.timeout(GIVING_BACK);
  const lock = await storedLock({ repository, target }, signal, kind);
  if (lock?.token === token) await writeRecord(repository, recordTag(kind, target), { ...lock, until: lock.since }, signal);
}

const newToken = () => randomBytes(16).toString('hex');

const unlocked = (target: string) => new BacklotError('target-locked', `${target} was unlocked while its lock was taken`, { fix: 'Run it again.' });

const locked = (target: string, { owner, reason, until }: TargetLock) =>
  new BacklotError('target-locked', `${target} is locked by ${owner} until ${until}: ${reason}`, { fix: `Wait for it, or ask ${owner}. If nobody works on it: backlot targets unlock ${target}` });
