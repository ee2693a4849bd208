import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { acquireLock, takeTurn } from '#adapters/state/lock.ts';
import { makeFolder } from '#adapters/state/files.ts';
import { ownIdentity } from '#adapters/state/process-identity.ts';

let folder = '';
beforeEach(async () => void (folder = await mkdtemp(path.join(tmpdir(), 'backlot-lock-'))));
afterEach(() => rm(folder, { recursive: true, force: true }));

test('F32: of many that find a dead owner at the same moment, one takes over at a time', async () => {
  const process = await ownIdentity();
  const owner = { process, shell: 'test', method: 'stack.up', since: '' };
  const dead = JSON.stringify({ ...owner, process: { ...process, started: 'long ago' } });
  for (let round = 0; round < 20; round++) {
    const lock = path.join(folder, String(round));
    await makeFolder(lock);
    await writeFile(path.join(lock, '1'), dead);
    let inside = 0;
    let most = 0;
    let entered = 0;
    await Promise.all(
      Array.from({ length: 8 }, async () => {
        const controller = new AbortController();
        // Whoever finds a living owner leaves: this is about the moment of taking over.
        const release = await acquireLock(lock, owner, () => controller.abort(), controller.signal).catch(() => undefined);
        if (!release) return;
        entered++;
        most = Math.max(most, ++inside);
        for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve));
        inside--;
        await release();
      }),
    );
    expect(most).toBe(1);
    expect(entered).toBeGreaterThanOrEqual(1);
  }
});

test('F32: a process so slow that its turn is over when it makes it withdraws', async () => {
  const owner = { process: await ownIdentity(), shell: 'test', method: 'stack.up', since: '' };
  const release = await takeTurn(folder, 3, owner);
  expect(await takeTurn(folder, 3, owner)).toBeUndefined();
  expect(await takeTurn(folder, 2, owner)).toBeUndefined();
  expect(await readdir(folder)).toEqual(['3']);
  await release?.();
  expect(await takeTurn(folder, 3, owner)).toBeUndefined();
  expect(await readdir(folder)).toEqual(['3.free']);
  expect(await takeTurn(folder, 4, owner)).toBeDefined();
  expect(await readdir(folder)).toEqual(['4']);
});
