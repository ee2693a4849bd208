import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { BacklotError } from '#contract/errors.ts';
import { TargetLock } from '#contract/releases.ts';
import type { Repository } from '#ports/image-registry.ts';
import { readRecord, recordTag, writeRecord } from './registry-record.ts';

/** A lock as it lies in the registry. Where it is free, it ended before it began. */
const StoredLock = TargetLock.extend({ token: z.string(), machine: z.string() });
type StoredLock = z.infer<typeof StoredLock>;

/** Milliseconds for which a deploy takes the lock, renewed while it works: clocks may differ by most of this. */
const LEASE = 10 * 60_000;
const RENEWAL = 60_000;
/** So long at least a written lock has to stay ours before it counts. */
const CONFIRMATION = 400;

export type Locking = { readonly repository: Repository; readonly target: string; readonly owner: string; readonly reason: string; /** Tells this machine's own locks. */ readonly machine: string };

/** The lock that holds now, if any. */
export async function readLock(repository: Repository, target: string, signal: AbortSignal): Promise<TargetLock | undefined> {
  const lock = await stored(repository, target, signal);
  return lock && holds(lock) ? TargetLock.parse(lock) : undefined;
}

/**
 * Holds the target's lock while work runs. A registry has no way to write only where nothing is, so a lock counts once it was still ours after a while;
 * one that this very machine left behind is taken over, since another lock on this machine says that its process is gone.
 */
export async function withTargetLock<Result>(locking: Locking, work: () => Promise<Result>, signal: AbortSignal): Promise<Result> {
  const token = await acquire(locking, LEASE, signal);
  const timer = setInterval(() => void write(locking, token, LEASE, signal).catch(() => {}), RENEWAL);
  timer.unref();
  try {
    return await work();
  } finally {
    clearInterval(timer);
    await release(locking, token).catch(() => {});
  }
}

/** Locks a target for people: nobody deploys to it until then. */
export async function lockTarget(locking: Locking, milliseconds: number, signal: AbortSignal): Promise<TargetLock> {
  await acquire({ ...locking, machine: '' }, milliseconds, signal);
  return { owner: locking.owner, reason: locking.reason, since: new Date().toISOString(), until: new Date(Date.now() + milliseconds).toISOString() };
}

/** Gives a target free, whoever locked it. */
export async function unlockTarget(repository: Repository, target: string, signal: AbortSignal): Promise<boolean> {
  const lock = await stored(repository, target, signal);
  if (!lock || !holds(lock)) return false;
  await writeRecord(repository, recordTag('lock', target), { ...lock, until: lock.since }, signal);
  return true;
}

async function acquire(locking: Locking, milliseconds: number, signal: AbortSignal): Promise<string> {
  const token = randomBytes(16).toString('hex');
  const looked = performance.now();
  const before = await stored(locking.repository, locking.target, signal);
  if (before && holds(before) && !(locking.machine !== '' && before.machine === locking.machine)) throw locked(locking.target, before);
  await write(locking, token, milliseconds, signal);
  // A slow registry is slow for others as well: whoever looked before this was written has written by then.
  const wait = Math.max(CONFIRMATION, 2 * (performance.now() - looked));
  await delay(wait, undefined, { signal }).catch(() => Promise.reject(new BacklotError('cancelled', 'cancelled')));
  const after = await stored(locking.repository, locking.target, signal);
  if (after?.token === token) return token;
  throw after ? locked(locking.target, after) : new BacklotError('registry-failed', `The registry lost the lock of ${locking.target}`, { fix: 'Run it again.' });
}

function write({ repository, target, owner, reason, machine }: Locking, token: string, milliseconds: number, signal: AbortSignal): Promise<void> {
  const lock: StoredLock = { owner, reason, machine, token, since: new Date().toISOString(), until: new Date(Date.now() + milliseconds).toISOString() };
  return writeRecord(repository, recordTag('lock', target), lock, signal);
}

/** Ours alone is given back, also after a cancelled deploy. */
async function release({ repository, target }: Locking, token: string): Promise<void> {
  const signal = AbortSignal.timeout(30_000);
  const lock = await stored(repository, target, signal);
  if (lock?.token === token) await writeRecord(repository, recordTag('lock', target), { ...lock, until: lock.since }, signal);
}

const stored = (repository: Repository, target: string, signal: AbortSignal) => readRecord(repository, recordTag('lock', target), StoredLock, signal);
const holds = ({ until }: TargetLock) => Date.parse(until) > Date.now();

const locked = (target: string, { owner, reason, until }: TargetLock) =>
  new BacklotError('target-locked', `${target} is locked by ${owner} until ${until}: ${reason}`, { fix: `Wait for it, or ask ${owner}. If nobody works on it: backlot targets unlock ${target}` });
