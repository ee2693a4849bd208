import { describe, expect, test } from 'vitest';
import { decideShares } from '#features/runs/decide-shares.ts';
import { leftOf, runStages, withProject } from './run-scene.ts';
import type { Scene } from '../../support/backlot.ts';

const stageFile = (more: object) => ({ run: 'true', sharedServices: true, services: ['db'], ...more });

test('stages share what they all ask to share, with the same services and the same fixture', () => {
  const groups = decideShares([
    { name: 'one', file: stageFile({ services: ['db', 'cache'] }) },
    { name: 'two', file: stageFile({ services: ['cache', 'db'] }) },
    { name: 'silent', file: stageFile({ services: ['db', 'cache'], sharedServices: undefined }) },
    { name: 'fewer', file: stageFile({}) },
    { name: 'fixture', file: stageFile({ fixture: 'catalogue' }) },
    { name: 'browser', file: stageFile({ browser: 'chromium' as const }) },
    { name: 'localhost', file: stageFile({ network: 'shared' as const }) },
  ]);
  expect([...groups]).toEqual([
    ['one', ['one', 'two']],
    ['two', ['one', 'two']],
  ]);
});

async function logOf({ backlot }: Scene, run: string, stage: string): Promise<{ readonly own: readonly string[]; readonly cache: readonly string[] }> {
  const lines: { readonly service: string; readonly line: string }[] = [];
  for await (const batch of backlot.runs.logs({ run, stage })) lines.push(...batch.lines);
  const of = (service: string) => lines.filter((one) => one.service === service).map(({ line }) => line);
  return { own: of('stage'), cache: of('cache') };
}

const ASK = 'redis-cli -h cache.us-east-1.shop.example info server | grep run_id; redis-cli -h cache incr hits';
const shared = (run: string, more = '') => `{ image: "redis:7", run: "${run}", services: [cache], sharedServices: true, allowEmpty: true${more} }`;

describe('shared services', () => {
  test('are started once, and each stage has of them what was in its own time', () =>
    withProject(
      {},
      `  first: ${shared(`${ASK}; ! getent hosts first.us-east-1.shop.example`)}
  second: ${shared(`${ASK}; redis-cli -h cache debug log planted; ! getent hosts second.us-east-1.shop.example`, ', needs: [first]')}
  alone: { image: "redis:7", run: "${ASK}", services: [cache], needs: [first], allowEmpty: true }
`,
      async (scene) => {
        const { result, stage, value, events } = await runStages(scene);
        expect(result.ok, JSON.stringify(result)).toBe(true);
        const [first, second, alone] = await Promise.all(['first', 'second', 'alone'].map((name) => logOf(scene, value?.run ?? '', name)));
        expect(second?.own[0]).toBe(first?.own[0]);
        expect([first?.own[1], second?.own[1], alone?.own[1]]).toEqual(['1', '2', '1']);
        expect(alone?.own[0]).not.toBe(first?.own[0]);
        expect(first?.cache.join('\n')).toContain('Ready to accept connections');
        expect(second?.cache.join('\n')).not.toContain('Ready to accept connections');
        expect(stage('second').sharedWith).toEqual(['first']);
        expect(stage('alone').sharedWith).toBeUndefined();
        for (const name of ['first', 'second']) {
          expect(stage(name).misses).toMatchObject([{ name: `${name}.us-east-1.shop.example`, caller: name }]);
          expect(events).toContainEqual(expect.objectContaining({ type: 'service', service: 'cache', stage: name, state: 'ready' }));
        }
        expect(await leftOf(scene)).toBe('');
      },
    ));

  test('that a stage ended are not for the next one, and go where stages fail', () =>
    withProject({}, `  ends: ${shared('redis-cli -h cache shutdown nosave; true')}\n  next: ${shared(`${ASK}; exit 3`, ', needs: [ends]')}\n  never: ${shared(ASK, ', needs: [next]')}\n`, async (scene) => {
      const { stage, value, events } = await runStages(scene);
      expect(stage('next')).toMatchObject({ state: 'failed', exitCode: 3 });
      expect((await logOf(scene, value?.run ?? '', 'next')).own[1]).toBe('1');
      expect(stage('next').sharedWith).toBeUndefined();
      expect(stage('never').state).toBe('skipped');
      expect(events).toContainEqual(expect.objectContaining({ type: 'message', level: 'warning', text: 'next gets services of its own: of those that it was to share, cache did not run on' }));
      expect(await leftOf(scene)).toBe('');
    }));
});
