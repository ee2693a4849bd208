import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { releases } from '#contract/releases.ts';
import { storedLock, writeLock } from '#features/releases/stored-lock.ts';
import { lockTarget, readLock, unlockTarget, withTargetLock } from '#features/releases/target-lock.ts';
import { createImageRegistry } from '#adapters/registry/image-registry.ts';
import type { Repository } from '#ports/image-registry.ts';
import { docker, never, startRegistry } from '../../adapters/registry/registry-scene.ts';
import { failureOf } from './release-scene.ts';

let server: { readonly id: string; readonly address: string };
let repository: Repository;
beforeAll(async () => {
  server = await startRegistry();
  repository = createImageRegistry({ environment: {}, home: '/nonesuch' }).repository(`${server.address}/shop`);
});
afterAll(() => docker('rm', '-fv', server.id));

const by = (target: string, owner: string, at: Repository = repository) => ({ repository: at, target, owner, reason: 'deploys', machine: owner });
/** Whether it got the lock, and whether it kept it. */
async function hold(locking: ReturnType<typeof by>, milliseconds: number, held: string[]): Promise<string> {
  return withTargetLock(locking, async (signal) => {
    held.push(locking.owner);
    await delay(milliseconds);
    return signal.aborted ? 'lost' : 'kept';
  }, never).catch((error: { code: string }) => error.code);
}

const until = (moment: AbortSignal) => moment.aborted || new Promise((resolve) => moment.addEventListener('abort', resolve, { once: true }));
/** A repository through which nothing is read after the first writing, which is the claim, before `go`: so what happens meanwhile comes before the claim counts. */
function stoppedAfterClaim(go: AbortSignal): Repository {
  let isClaimed = false;
  return {
    ...repository,
    async writeManifest(...args) {
      const written = await repository.writeManifest(...args);
      isClaimed = true;
      return written;
    },
    async readManifest(...args) {
      if (isClaimed) await until(go);
      return repository.readManifest(...args);
    },
  };
}
const untilClaimed = (target: string) => expect.poll(async () => (await storedLock({ repository, target }, never))?.isClaim, { interval: 10 }).toBe(true);

describe('the lock of a target', () => {
  test('is had by one of many that begin at the same moment', async () => {
    const held: string[] = [];
    const outcomes = await Promise.all(['ann', 'bob', 'cem', 'dan'].map((owner) => hold(by('moment', owner), 300, held)));
    expect(outcomes.sort()).toEqual(['kept', 'target-locked', 'target-locked', 'target-locked']);
    expect(held).toHaveLength(1);
  });

  test('is not taken from who holds it by one that looked before, and was slow to write', async () => {
    const [looked, isHeld] = [new AbortController(), new AbortController()];
    const writeManifest = async (...args: Parameters<Repository['writeManifest']>) => {
      looked.abort();
      await until(isHeld.signal);
      return repository.writeManifest(...args);
    };
    const late = hold(by('slow', 'bob', { ...repository, writeManifest }), 0, []);
    await until(looked.signal);
    const kept = await withTargetLock(by('slow', 'ann'), async (signal) => {
      isHeld.abort();
      return [await late, signal.aborted ? 'lost' : 'kept'];
    }, never);
    expect(kept).toEqual(['target-locked', 'kept']);
  }, 15_000);

  test('of people is not lost to a claim that was slow to be written, and of the two one sees the other', async () => {
    const [looked, isClosed] = [new AbortController(), new AbortController()];
    const writeManifest = async (...args: Parameters<Repository['writeManifest']>) => {
      looked.abort();
      await until(isClosed.signal);
      return repository.writeManifest(...args);
    };
    const late = hold(by('closed', 'bob', { ...repository, writeManifest }), 0, []);
    await until(looked.signal);
    const lock = await lockTarget(by('closed', 'ann'), 60_000, never);
    isClosed.abort();
    expect(await late).toBe('target-locked');
    expect(await readLock(repository, 'closed', never)).toEqual(lock);
    expect(await hold(by('closed', 'ann'), 0, [])).toBe('target-locked');
    expect(await unlockTarget(repository, 'closed', never)).toBe(true);
    expect(await readLock(repository, 'closed', never)).toBeUndefined();
    expect(await hold(by('closed', 'bob'), 0, [])).toBe('kept');
  }, 15_000);

  test('of people that could not be taken whole is not left behind', async () => {
    const gone = new Error('the registry is gone');
    let [isClosed, hasFailed] = [false, false];
    const failing: Repository = {
      ...repository,
      async writeManifest(reference, ...args) {
        const written = await repository.writeManifest(reference, ...args);
        isClosed ||= reference === 'backlot-closed-half';
        return written;
      },
      async readManifest(reference, signal) {
        if (isClosed && !hasFailed && reference === 'backlot-lock-half') {
          hasFailed = true;
          throw gone;
        }
        return repository.readManifest(reference, signal);
      },
    };
    await expect(lockTarget(by('half', 'ann', failing), 60_000, never)).rejects.toBe(gone);
    expect(await readLock(repository, 'half', never)).toBeUndefined();
    expect(await hold(by('half', 'bob'), 0, [])).toBe('kept');
  });

  test('ends the work where somebody else holds it all the same, whose lock stays', async () => {
    const why = await withTargetLock(by('lost', 'ann'), async (signal) => {
      await writeLock(by('lost', 'bob'), { token: 'b', milliseconds: 60_000 }, never);
      await until(signal);
      return signal.reason as unknown;
    }, never);
    expect(why).toMatchObject({ code: 'target-locked', message: expect.stringContaining('was lost: bob holds it now') as string });
    expect(await readLock(repository, 'lost', never)).toMatchObject({ owner: 'bob' });
  });

  test('is not taken from who is alive by one whose clock is an hour ahead', async () => {
    const held: string[] = [];
    await withTargetLock(by('skewed', 'ann'), async (signal) => {
      vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 3_600_000 });
      onTestFinished(() => void vi.useRealTimers());
      expect(await hold(by('skewed', 'bob'), 0, held)).toBe('target-locked');
      expect(signal.aborted).toBe(false);
    }, never);
    expect(held).toEqual([]);
  }, 15_000);

  test('that a machine left which is gone is had by another once it has run out, and not before', async () => {
    await writeLock(by('left', 'ann'), { token: 'a', milliseconds: 60_000 }, never);
    expect(await hold(by('left', 'bob'), 0, [])).toBe('target-locked');
    await writeLock(by('left', 'ann'), { token: 'a', milliseconds: 1 }, never);
    const held: string[] = [];
    expect(await hold(by('left', 'bob'), 0, held)).toBe('kept');
    expect(held).toEqual(['bob']);
    expect(await readLock(repository, 'left', never)).toBeUndefined();
  }, 15_000);

  test('stays through the way back of work that was cancelled, and goes where it was cancelled before it counted', async () => {
    const cancel = new AbortController();
    await withTargetLock(by('cancelled', 'ann'), async () => {
      cancel.abort();
      expect(await failureOf(lockTarget(by('cancelled', 'bob'), 60_000, never))).toMatchObject({ code: 'target-locked', message: expect.stringContaining('locked by ann') as string });
    }, cancel.signal);
    expect(await readLock(repository, 'cancelled', never)).toBeUndefined();
    const early = new AbortController();
    const claiming = failureOf(withTargetLock(by('cancelled', 'ann', stoppedAfterClaim(early.signal)), () => Promise.resolve(), early.signal));
    await untilClaimed('cancelled');
    early.abort();
    expect(await claiming).toMatchObject({ code: 'cancelled' });
    expect(await readLock(repository, 'cancelled', never)).toBeUndefined();
  });

  test('is not there for others while it is only claimed, and is not had where somebody unlocks the target meanwhile', async () => {
    const go = new AbortController();
    const claiming = failureOf(lockTarget(by('unlocked', 'ann', stoppedAfterClaim(go.signal)), 60_000, never));
    await untilClaimed('unlocked');
    expect(await readLock(repository, 'unlocked', never)).toBeUndefined();
    expect(await unlockTarget(repository, 'unlocked', never)).toBe(true);
    go.abort();
    expect(await claiming).toMatchObject({ code: 'target-locked', message: 'unlocked was unlocked while its lock was taken' });
    expect(await readLock(repository, 'unlocked', never)).toBeUndefined();
  });
});

test('a reason that is too short is asked for in words', () => {
  expect(releases.lock.input.safeParse({ directory: '/', target: 'staging', reason: 'x' }).error?.issues).toMatchObject([{ message: 'give a reason that others understand' }]);
});
