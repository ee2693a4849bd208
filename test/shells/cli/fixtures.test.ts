import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { docker } from '../../support/backlot.ts';
import { shopProject, withFixtures } from '../../features/fixtures/fixture-scene.ts';
import { startSampleServer, type SampleServer } from '../../features/fixtures/sample-dumps.ts';
import { lines, run, runOnTerminal, start } from './run-cli.ts';

const environment = { BT_FIXTURE_KEY: '0123456789abcdef0123456789abcdef' };

const withMigrations = (files: ReturnType<typeof shopProject>) => ({ ...files, 'backlot.yaml': files['backlot.yaml'].replace('rules: rules.yaml', 'rules: rules.yaml, migrations: migrations') });

let source: SampleServer;
beforeAll(async () => {
  source = await startSampleServer();
});
afterAll(() => source?.stop());

describe('backlot fixture', () => {
  test('captures, lists, shows, verifies and removes a fixture, in documents and events for scripts', () =>
    withFixtures(withMigrations(shopProject()), async ({ directory, home, volumes }) => {
      const place = { directory, home, environment };
      await source.dump('c', path.join(directory, 'shop.dump'));
      await mkdir(path.join(directory, 'migrations'));
      await writeFile(path.join(directory, 'migrations', '001.sql'), '');
      const captured = await run(place, ['fixture', 'capture', 'catalogue', '--json']);
      expect(captured).toMatchObject({ code: 0 });
      const events = lines(captured.stdout);
      expect(events).toContainEqual(expect.objectContaining({ type: 'progress', phase: 'rows', about: 'shop.orders', done: 2000, unit: 'rows', ended: true }));
      expect(events).toContainEqual(expect.objectContaining({ type: 'progress', phase: 'verify', unit: 'bytes', ended: true }));
      const result = events.at(-1) as { digest: string };
      expect(result).toMatchObject({ type: 'result', ok: true, schema: 1, name: 'catalogue', verified: true, coverage: { columns: 29, protected: 11 } });

      const list = JSON.parse((await run(place, ['fixture', 'list', '--json'])).stdout) as unknown;
      expect(list).toMatchObject({ schema: 1, fixtures: [{ name: 'catalogue', digest: result.digest, bytes: expect.any(Number), created: expect.any(String), services: [{ service: 'db', engine: 'postgres', version: expect.stringMatching(/^15\./) }] }] });
      expect(JSON.stringify(list)).not.toContain('drift');
      await writeFile(path.join(directory, 'migrations', '002.sql'), '');
      expect(JSON.parse((await run(place, ['fixture', 'list', '--json'])).stdout)).toMatchObject({ fixtures: [{ drift: [{ service: 'db', came: ['002.sql'], gone: [] }] }] });
      expect((await run(place, ['fixture', 'list'])).stdout).toMatch(/DRIFT[^]*1 migration behind/);
      const text = await run(place, ['fixture', 'inspect', result.digest.slice(7, 19)]);
      expect(text.stdout).toContain('db: 1 migration came since (002.sql)');
      expect(text.stdout).toMatch(/stored-bytes of db: no original found/);
      expect(JSON.parse((await run(place, ['fixture', 'verify', 'catalogue', '--json'])).stdout)).toMatchObject({ schema: 1, verified: true });

      await docker('run', '--rm', '--label', 'dev.backlot.test=1', '-v', `${(await volumes())[0] ?? ''}:/v`, 'debian:bookworm-slim', 'sh', '-c', 'printf x >>/v/PG_VERSION');
      const changed = await run(place, ['fixture', 'verify', 'catalogue', '--json']);
      expect(changed.code).toBe(6);
      expect(JSON.parse(changed.stdout)).toMatchObject({ schema: 1, verified: false, error: { code: 'fixture-unverified' } });
      for (const verb of [['list'], ['inspect', 'catalogue']]) expect((await run(place, ['fixture', ...verb])).stdout).toMatch(/✗.*did not pass its latest verification[^]*fix:.*fixture rm/);
      expect(JSON.parse((await run(place, ['fixture', 'list', '--json'])).stdout)).toMatchObject({ fixtures: [{ digest: result.digest, verified: false, problem: { kind: 'verification', message: expect.stringContaining('changed since'), fix: expect.any(String) } }] });
      for (const verb of [['load', 'catalogue'], ['push', 'catalogue', '127.0.0.1:1/none:none']]) expect(await run(place, ['fixture', ...verb])).toMatchObject({ code: 6, stderr: expect.stringMatching(/did not pass its latest verification[^]*Capture or pull it again/) });
      expect(await run(place, ['up', '--fixture', 'catalogue'])).toMatchObject({ code: 6, stderr: expect.stringContaining('did not pass its latest verification') });
      await docker('run', '--rm', '--label', 'dev.backlot.test=1', '-v', `${(await volumes())[0] ?? ''}:/v`, 'debian:bookworm-slim', 'sh', '-c', 'truncate -s -1 /v/PG_VERSION');
      expect(await run(place, ['fixture', 'verify', 'catalogue', '-q'])).toMatchObject({ code: 0 });
      expect(JSON.parse((await run(place, ['fixture', 'list', '--json'])).stdout)).toMatchObject({ fixtures: [{ verified: true }] });
      expect((await run(place, ['fixture', 'list'])).stdout).not.toContain('✗');
      const rm = await run(place, ['fixture', 'rm', 'catalogue', '--json']);
      expect(rm).toMatchObject({ code: 0, stdout: expect.stringContaining(result.digest) });
      expect(await volumes()).toEqual([]);
      expect(await run(place, ['fixture', 'inspect', 'catalogue'])).toMatchObject({ code: 3, stderr: expect.stringContaining('There is no stored fixture') });
    }), 300_000);

  test('ends with 3 and names a column that the source has got since, with a rule for it', () =>
    withFixtures(shopProject({ source: '{ url: { env: BT_SOURCE } }' }), async ({ directory, home, volumes }) => {
      const place = { directory, home, environment: { ...environment, BT_SOURCE: source.url } };
      await source.sql("alter table orders add column mobile_phone text; update orders set mobile_phone = '+49 151 2345678'");
      try {
        const { code, stdout } = await run(place, ['fixture', 'capture', 'catalogue', '--json']);
        expect(code).toBe(3);
        expect(lines(stdout).at(-1)).toMatchObject({ type: 'result', ok: false, error: { code: 'rules-incomplete', message: expect.stringContaining('orders.mobile_phone'), fix: expect.stringContaining('mobile_phone: { phone: {} }') } });
        expect(stdout).not.toContain('2345678');
        expect(await volumes()).toEqual([]);
      } finally {
        await source.sql('alter table orders drop column mobile_phone');
      }
    }), 120_000);

  test('lists a fixture whose data is gone or whose manifest was changed as broken, without an engine too, and removes it', () =>
    withFixtures(shopProject(), async ({ directory, home, volumes }) => {
      const place = { directory, home, environment };
      await source.dump('c', path.join(directory, 'shop.dump'));
      const captured = await run(place, ['fixture', 'capture', 'catalogue', '--json']);
      const { digest } = lines(captured.stdout).at(-1) as { digest: string };
      expect(await run(place, ['up', '--fixture', 'catalogue', '-q'])).toMatchObject({ code: 0 });
      await docker('volume', 'rm', (await volumes())[0] ?? '');
      const away = { ...place, environment: { ...environment, DOCKER_HOST: 'unix:///nowhere.sock' } };
      expect((await run(away, ['fixture', 'list'])).stdout).toContain('✓ catalogue');
      expect((await run(place, ['fixture', 'list'])).stdout).toMatch(/✗ catalogue[^]*the data of db is not on this engine[^]*fix: Capture or pull it again/);

      const [project = ''] = await readdir(path.join(home, 'data/fixtures'));
      const manifest = path.join(home, 'data/fixtures', project, 'catalogue', `${digest.slice(7)}.json`);
      await writeFile(manifest, (await readFile(manifest, 'utf8')).replace('"bytes":', '"bytes":1'));
      for (const at of [place, away]) {
        const listed = await run(at, ['fixture', 'list']);
        expect(listed).toMatchObject({ code: 0, stdout: expect.stringMatching(/✗ catalogue[^]*its manifest does not verify: its manifest was changed[^]*fix: .*fixture rm [0-9a-f]{12}/) });
      }
      expect(JSON.parse((await run(place, ['fixture', 'list', '--json'])).stdout)).toMatchObject({ fixtures: [{ name: 'catalogue', digest, verified: false, problem: { kind: 'manifest' } }] });
      expect(await run(place, ['fixture', 'reset'])).toMatchObject({ code: 6, stderr: expect.stringContaining('its manifest does not verify') });
      const refused = await run(place, ['fixture', 'rm', digest.slice(7, 19)]);
      expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining('backlot down minimal, then: backlot fixture rm') });
      await run(place, ['down', '-q']);
      expect(await run(place, ['fixture', 'rm', 'catalogue'])).toMatchObject({ code: 1, stderr: expect.stringContaining('--with-data') });
      expect(await run(place, ['fixture', 'rm', digest.slice(7, 19), '--with-data'])).toMatchObject({ code: 0 });
      expect([await volumes('data'), await volumes('place')]).toEqual([[], []]);
      expect((await run(place, ['fixture', 'list'])).stdout).toContain('No fixture is stored yet');
    }), 300_000);

  test('shows on a terminal how far each table is, and leaves nothing when it is interrupted there', () =>
    withFixtures(shopProject(), async ({ directory, home, containers, volumes }) => {
      await source.dump('c', path.join(directory, 'shop.dump'));
      let interrupted = false;
      const { code, output } = await runOnTerminal({ directory, home, environment }, ['fixture', 'capture', 'catalogue'], (all, type) => {
        if (interrupted || !all.includes('verify')) return;
        interrupted = true;
        type('\u0003');
      });
      expect(code).toBe(130);
      expect(output).toMatch(/rows +shop\.customers .*500 rows/);
      expect(output).toContain('Cancelled');
      expect([await containers('capture'), await volumes(), await volumes('capture')]).toEqual([[], [], []]);
    }), 180_000);

  test('that is killed in any phase leaves nothing that the next capture does not take away', () =>
    withFixtures(shopProject(), async ({ directory, home, containers, volumes }) => {
      const place = { directory, home, environment };
      await source.dump('c', path.join(directory, 'shop.dump'));
      for (const phase of ['restore', 'rows', 'close', 'verify']) {
        const { child, stdout, ended } = start(place, ['fixture', 'capture', 'catalogue', '--json']);
        child.stdout?.on('data', () => stdout().includes(`"phase":"${phase}"`) && child.kill('SIGKILL'));
        expect((await ended).code).toBe(null);
        expect(await containers('capture')).not.toEqual([]);
      }
      const plan = await run(place, ['clean', '--dry-run', '--json']);
      expect(plan.stdout).toContain('of work on the fixture catalogue that never ended');
      expect(await run(place, ['fixture', 'capture', 'catalogue', '-q'])).toMatchObject({ code: 0 });
      expect([await containers('capture'), await volumes('capture')]).toEqual([[], []]);
      expect(await volumes()).toHaveLength(1);
    }), 400_000);
});
