import { describe, expect, test } from 'vitest';
import { leftOf, runStages, withProject } from './run-scene.ts';

describe('a stage without services', () => {
  test('is run without Compose, with its folder, its variables and the guard, and leaves nothing', () =>
    withProject(
      { 'compose.yaml': 'services: { broken: { image: [' },
      '  lone: { image: "debian:bookworm-slim", directory: /tmp, run: "getent hosts nobody.us-east-1.shop.example; pwd; printenv A", environment: { A: "x $$y" }, allowEmpty: true }\n',
      async (scene) => {
        const { result, stage, value } = await runStages(scene);
        expect(result.ok, JSON.stringify(result)).toBe(true);
        expect(stage('lone')).toMatchObject({ state: 'passed', misses: [{ name: 'nobody.us-east-1.shop.example', caller: 'lone', kind: 'blocked' }] });
        const lines: string[] = [];
        for await (const batch of scene.backlot.runs.logs({ run: value?.run ?? '', stage: 'lone' })) lines.push(...batch.lines.map(({ line }) => line));
        expect(lines.slice(-2)).toEqual(['/tmp', 'x $y']);
        expect(await leftOf(scene)).toBe('');
      },
    ));

  test('side by side with twenty others gets a network of its own, and all are gone', () =>
    withProject({}, Array.from({ length: 20 }, (_, index) => `  s${index}: { image: "debian:bookworm-slim", run: hostname -I, allowEmpty: true }\n`).join(''), async (scene) => {
      const { result, value } = await runStages(scene);
      expect(result.ok, JSON.stringify(result)).toBe(true);
      expect(value?.stages.every(({ state }) => state === 'passed')).toBe(true);
      expect(await leftOf(scene)).toBe('');
    }));
});
