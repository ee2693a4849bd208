import { z } from 'zod';
import { TargetLock } from '#contract/releases.ts';
import type { Descriptor, Repository } from '#ports/image-registry.ts';
import { readRecord, recordTag, writeRecord } from './registry-record.ts';

/** A lock as it lies in the registry. Where it is free, it ended before it began. */
const StoredLock = TargetLock.extend({ token: z.string(), machine: z.string(), /** It does not count yet: whoever holds the lock already writes over it. */ isClaim: z.boolean().optional() });
type StoredLock = z.infer<typeof StoredLock>;

/** Milliseconds for which a deploy takes the lock, renewed while it works: clocks may differ by most of this. */
export const LEASE = 10 * 60_000;
export type Locking = { readonly repository: Repository; readonly target: string; readonly owner: string; readonly reason: string; /** Tells this machine's own locks. */ readonly machine: string };

/** A lock of ours: its manifest says at a glance whether it is still there. */
export type HeldLock = { readonly token: string; readonly lock: StoredLock; readonly written: Descriptor };

/** The lock as it lies there, whether it holds or not: that of work, or the one by which people keep a target closed. */
export const storedLock = ({ repository, target }: Pick<Locking, 'repository' | 'target'>, signal: AbortSignal, kind: LockKind = 'lock') => readRecord(repository, recordTag(kind, target), StoredLock, signal);
type LockKind = 'lock' | 'closed';
export const holds = ({ until }: TargetLock) => Date.parse(until) > Date.now();

export async function writeLock({ repository, target, owner, reason, machine }: Locking, { token, milliseconds, isClaim, kind = 'lock' }: { readonly token: string; readonly milliseconds: number; readonly isClaim?: boolean; readonly kind?: LockKind }, signal: AbortSignal): Promise<Omit<HeldLock, 'token'>> {
  const lock: StoredLock = { owner, reason, machine, token, since: new Date().toISOString(), until: new Date(Date.now() + milliseconds).toISOString(), ...(isClaim === true && { isClaim }) };
  return { lock, written: await writeRecord(repository, recordTag(kind, target), lock, signal) };
}
