import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findPaths } from '#adapters/state/paths.ts';
import { createStateStore } from '#adapters/state/state-store.ts';
import type { EnvironmentRecord } from '#ports/state-store.ts';

const record = (text: string): EnvironmentRecord => ({
  project: 'shop', directory: '/shop', set: 'minimal', composeProject: 'shop', services: { db: text }, ports: {}, ready: {},
});

describe.skipIf(process.platform !== 'linux' || process.getuid?.() !== 0)('the state store on a small disk (as root on Linux)', () => {
  let disk = '';
  beforeAll(() => {
    disk = mkdtempSync(path.join(tmpdir(), 'backlot-disk-'));
    execFileSync('/bin/mount', ['-t', 'tmpfs', '-o', 'size=256k', 'tmpfs', disk]);
  });
  afterAll(() => {
    execFileSync('/bin/umount', [disk]);
    rmSync(disk, { recursive: true });
  });

  test('F18: says that it is full at any write, keeps what it had, leaves nothing half written, and recovers', async () => {
    const store = createStateStore({ paths: findPaths({ BACKLOT_HOME: disk }), shell: 'test' });
    await store.writeEnvironment(record('old'));
    const filler = path.join(disk, 'filler');
    let failures = 0;
    for (let room = 0; room <= 64; room += 4) {
      rmSync(filler, { force: true });
      fill(filler, room);
      const failure = await store.writeEnvironment(record('new'.repeat(10_000))).catch((error: unknown) => error);
      if (failure === undefined) break;
      failures++;
      expect(failure).toMatchObject({ code: 'disk-full', message: expect.stringContaining(disk), fix: expect.stringContaining('BACKLOT_HOME') });
      expect(await store.readEnvironment('shop', '/shop')).toEqual(record('old'));
      await expect(store.withLock({ composeProject: 'shop', directory: '/shop', method: 'm' }, () => {}, async () => 'worked', new AbortController().signal).catch((error: { code: string }) => error.code)).resolves.toMatch(/^(worked|disk-full)$/);
      rmSync(filler);
      expect(await readdir(path.join(disk, 'state', 'environments'))).toHaveLength(1);
    }
    expect(failures).toBeGreaterThan(3);
    expect(await store.readEnvironment('shop', '/shop')).toEqual(record('new'.repeat(10_000)));
  });

  test('F20: says that it cannot be written to, and still reads', async () => {
    const store = createStateStore({ paths: findPaths({ BACKLOT_HOME: disk }), shell: 'test' });
    rmSync(path.join(disk, 'filler'), { force: true });
    await store.writeEnvironment(record('kept'));
    execFileSync('/bin/mount', ['-o', 'remount,ro', disk]);
    try {
      await expect(store.writeEnvironment(record('new'))).rejects.toMatchObject({ code: 'disk-full', fix: expect.stringContaining('BACKLOT_HOME') });
      expect(await store.readEnvironment('shop', '/shop')).toEqual(record('kept'));
    } finally {
      execFileSync('/bin/mount', ['-o', 'remount,rw', disk]);
    }
  });
});

/** Fills the disk but for some KiB. */
function fill(file: string, room: number): void {
  const output = execFileSync('df', ['--output=avail', '-k', path.dirname(file)], { encoding: 'utf8' });
  const free = Number(output.split('\n')[1]);
  writeFileSync(file, Buffer.alloc(Math.max(0, free - room) * 1024));
}
