import { expect, test } from 'vitest';
import type { Plan } from '#contract/stack.ts';
import { planLines } from '../../../src-renderer/features/services/plan-lines.ts';
import { imageSum, memoryFit, planSentence, planSums } from '../../../src-renderer/features/services/plan-sums.ts';
import { projectOf, service } from './project.ts';

const EMPTY: Plan = { schema: 1, set: 'minimal', create: [], recreate: [], start: [], remove: [], unchanged: [], ports: [], images: [], warnings: [] };
const { project, set } = projectOf([service('db'), service('api', ['db'], { image: 'api:1' })]);

test('each service has one line: what happens to it and why; those that leave the set come last', () => {
  const lines = planLines(project, set, {
    ...EMPTY,
    recreate: [{ service: 'api', why: 'its image is newer' }],
    remove: [{ service: 'old', why: 'left the set' }],
    unchanged: ['db'],
    images: [{ image: 'api:2', action: 'pull', services: ['api'] }],
    ports: [{ service: 'api', container: 80, host: 8080, protocol: 'tcp', takenBy: 'nginx' }],
  });
  expect(lines.map(({ service: name, step, why, imageAction, taken }) => [name, step, why, imageAction, taken])).toEqual([
    ['db', 'keep', '', 'present', false],
    ['api', 'recreate', 'its image is newer', 'pull', true],
    ['old', 'remove', 'left the set', 'present', false],
  ]);
});

test('before there is a plan every member is kept', () => {
  expect(planLines(project, set, undefined).map(({ step, image }) => [step, image])).toEqual([['keep', 'image:1'], ['keep', 'api:1']]);
});

test('the plan in one sentence and in figures', () => {
  const plan: Plan = { ...EMPTY, create: [{ service: 'db', why: '' }], unchanged: ['api'], images: [{ image: 'a', action: 'pull', services: [] }, { image: 'b', action: 'present', services: [] }] };
  expect(planSentence(plan)).toBe('Up will pull 1 image, create 1 container and leave 1 as they are. Data stays as it is.');
  expect(planSentence({ ...EMPTY, unchanged: ['db', 'api'] })).toBe('Up has nothing to do: 2 services as the files say.');
  expect(planSums(plan)).toEqual([{ step: 'create', count: 1 }, { step: 'keep', count: 1 }]);
  expect([imageSum(plan.images), imageSum([])]).toEqual(['1 here, 1 to pull', 'none']);
});

test('memory that does not fit is said; without knowledge of the engine nothing is', () => {
  expect([memoryFit({ expected: 1, available: 2 }).tone, memoryFit({ expected: 9, available: 10 }).tone, memoryFit({ expected: 3, available: 2 })]).toEqual(['ready', 'warn', { share: 1.5, tone: 'fail' }]);
  expect(memoryFit({ expected: 1 })).toEqual({ share: undefined, tone: 'idle' });
  expect(memoryFit({ expected: 1, available: 0 }).share).toBeUndefined();
});
