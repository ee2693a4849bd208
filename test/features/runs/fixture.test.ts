import path from 'node:path';
import { expect, test } from 'vitest';
import { shopProject, withFixtures } from '../fixtures/fixture-scene.ts';
import { startSampleServer } from '../fixtures/sample-dumps.ts';
import { leftOf, runStages } from './run-scene.ts';

const CHECK = 'psql $$DB_URL -Atc \\"select count(*) from customers\\" | grep -x 500 && psql $$DB_URL -c \\"delete from events; update customers set name = \'x\'\\"';

const stage = (needs: string) => `{ run: "${CHECK}", image: "postgres:15", services: [db], fixture: catalogue, allowEmpty: true${needs} }`;

test('each stage has its own copy of its fixture: what one changes, another does not see, and nothing of it stays', async () => {
  const source = await startSampleServer();
  try {
    const project = shopProject();
    const files = { ...project, 'backlot.yaml': `${project['backlot.yaml']}stages:\n  one: ${stage('')}\n  two: ${stage('')}\n  three: ${stage(', needs: [one]')}\n` };
    await withFixtures(files, async (scene) => {
      const early = await runStages(scene);
      expect(early.result).toMatchObject({ ok: false, error: { code: 'fixture-unknown' } });
      await source.dump('c', path.join(scene.directory, 'shop.dump'));
      const captured = await scene.run(scene.backlot.fixtures.capture({ directory: scene.directory, name: 'catalogue' }));
      expect(captured.result).toMatchObject({ ok: true });
      const { result, stage: of } = await runStages(scene);
      expect(result.ok, JSON.stringify(result)).toBe(true);
      const { fixtures } = await scene.backlot.fixtures.list({ directory: scene.directory });
      expect(of('one').inputs?.fixture).toBe(fixtures[0]?.digest);
      expect(await leftOf(scene)).toBe('');
      expect((await scene.run(scene.backlot.fixtures.verify({ directory: scene.directory, name: 'catalogue' }))).result.ok).toBe(true);
    });
  } finally {
    await source.stop();
  }
}, 400_000);
