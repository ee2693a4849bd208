import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { startChaosProxy } from '../adapters/docker/chaos-proxy.ts';
import { bash, compose, held, withBench } from './rig.ts';

const PAGE = 4096;

/** A disk of 64 pages of its own, where this user may mount one. */
function mountSmallDisk(): { folder: string; remove: () => void } | undefined {
  const folder = mkdtempSync(join(tmpdir(), 'bf-disk-'));
  try {
    execFileSync('/bin/mount', ['-t', 'tmpfs', '-o', `size=${64 * PAGE}`, 'backlot-test', folder], { stdio: 'ignore' });
  } catch {
    rmSync(folder, { recursive: true });
    return undefined;
  }
  return {
    folder,
    remove: () => {
      execFileSync('/bin/umount', ['--lazy', folder]);
      rmSync(folder, { recursive: true });
    },
  };
}

const two = (level: string) => compose({ db: bash('exec sleep 600', `    environment: { LEVEL: "${level}" }\n`), web: bash('exec sleep 600', '    depends_on: [db]\n') });

describe('a disk without room', () => {
  test('F18: for the state, at the first, the second, and every later write: is named, and up goes on once there is room', async (context) => {
    const disk = mountSmallDisk();
    if (!disk) return context.skip('this user may not mount a file system');
    try {
      await withBench(two('0'), async (bench) => {
        const environment = { BACKLOT_HOME: join(disk.folder, 'home') };
        expect((await bench.run(['up', '--json'], { environment })).code).toBe(0);
        const codes: (number | null)[] = [];
        for (let pages = 0; codes.at(-1) !== 0 && pages < 20; pages++) {
          await bench.write(two(String(pages + 1)));
          const ballast = join(disk.folder, 'ballast');
          const free = Number(execFileSync('stat', ['-f', '-c', '%f', disk.folder], { encoding: 'utf8' }));
          writeFileSync(ballast, Buffer.alloc(Math.max(0, free - pages) * PAGE));
          const full = await bench.run(['up', '--json'], { environment });
          codes.push(full.code);
          if (full.code !== 0) expect(full.result?.error).toMatchObject({ code: 'disk-full', message: expect.stringContaining(disk.folder), fix: expect.stringContaining('BACKLOT_HOME') });
          rmSync(ballast);
          if (full.code === 0) break;
          expect((await bench.run(['up', '--json'], { environment })).result).toMatchObject({ ok: true, ready: ['db', 'web'] });
          expect((await bench.run(['up', '--json'], { environment })).result).toMatchObject({ ok: true, changed: [] });
        }
        expect(codes[0]).toBe(1);
        expect(codes.at(-1)).toBe(0);
        expect((await bench.run(['down', '--json'], { environment })).code).toBe(0);
        expect((await bench.run(['clean', '--json'], { environment })).code).toBe(0);
        expect(await held(bench.name)).toMatchObject({ containers: [], networks: [] });
      });
    } finally {
      disk.remove();
    }
  });

  test('F19: on the engine is named when Compose creates', async () => {
    const proxy = await startChaosProxy();
    try {
      proxy.choose(({ method, url }) =>
        method === 'POST' && /\/containers\/create/.test(url) ? { kind: 'answer', status: 500, headers: { 'content-type': 'application/json' }, pieces: ['{"message":"mkdir /var/lib/docker/overlay2/x: no space left on device"}'] } : { kind: 'pass' },
      );
      await withBench(two('0'), async (bench) => {
        const run = await bench.run(['up', '--json'], { environment: { DOCKER_HOST: `unix://${proxy.path}`, DOCKER_CONTEXT: '' } });
        expect({ code: run.code, error: run.result?.error }).toMatchObject({ code: 1, error: { code: 'disk-full', fix: expect.stringContaining('docker system df') } });
        expect((await bench.run(['up', '--json'])).code).toBe(0);
      });
    } finally {
      await proxy.close();
    }
  });
});
