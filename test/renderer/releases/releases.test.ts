import { expect, test } from 'vitest';
import type { OperationEvent } from '#contract/operations.ts';
import type { Candidate, RevisionPath } from '#contract/releases.ts';
import { chosenCandidate } from '../../../src-renderer/features/releases/candidates.ts';
import { chartOf } from '../../../src-renderer/features/releases/chart.ts';
import { linesOfEvents, linesOfLog } from '../../../src-renderer/features/releases/log-lines.ts';
import { nextStep } from '../../../src-renderer/features/releases/path-steps.ts';
import { isWaiting, lookOfRelease, lookOfTarget, operationsOn, whyOf } from '../../../src-renderer/features/releases/release-words.ts';
import { NO_PROGRESS, withEvent } from '../../../src-renderer/state/operations.ts';
import { VALUES_KEPT } from '../../../src-renderer/state/roll.ts';

type News = OperationEvent extends infer Event ? (Event extends OperationEvent ? Omit<Event, 'time' | 'sequence'> : never) : never;
const after = (...news: readonly News[]) => news.map((one, index) => ({ ...one, time: new Date(index * 1000).toISOString(), sequence: index + 1 }) as OperationEvent).reduce(withEvent, NO_PROGRESS).roll;
const instance = (name: string, state: 'starting' | 'done'): News => ({ type: 'instance', target: 't', instance: name, state, revision: 'b', previous: 'a' });
const reading = (value: number | undefined): News => ({ type: 'kpi', target: 't', check: 'errors', state: 'ok', bound: 'at most 5', limit: 5, side: 'max', samples: 1, ...(value !== undefined && { value }) });
const question = (more: object = {}): News => ({ type: 'question', target: 't', release: 'r', revision: 'b', text: 'why', answers: ['continue'], until: '', ...more });

test('a roll is its latest word of each instance, and the values of each check in their order, as many as a chart shows', () => {
  const roll = after(instance('one', 'starting'), instance('two', 'starting'), instance('one', 'done'), reading(1), reading(undefined), reading(2));
  expect(Object.values(roll.instances).map(({ event }) => `${event.instance} ${event.state}`)).toEqual(['one done', 'two starting']);
  expect(roll.checks['errors']?.values).toEqual([1, 2]);
  expect(after(...Array.from({ length: VALUES_KEPT + 5 }, (_, index) => reading(index))).checks['errors']?.values.slice(0, 1)).toEqual([5]);
});

test('a roll waits with a question until that is answered or waits no longer', () => {
  expect(after(question()).question?.text).toBe('why');
  expect([after(question(), question({ answer: 'continue' })).question, after(question(), question({ ended: true })).question]).toEqual([undefined, undefined]);
});

test('a log reads the same from events and as it was kept', () => {
  const time = '2026-01-01T00:00:00.000Z';
  expect(linesOfLog([`${time} now b`, '… 3 lines are left out …', `${time} warning: not told`])).toEqual([
    { key: 0, time, level: 'info', text: 'now b' },
    { key: 1, time, level: 'info', text: '… 3 lines are left out …' },
    { key: 2, time, level: 'warning', text: 'not told' },
  ]);
  const message = { type: 'message' as const, time, sequence: 4, level: 'warning' as const, text: 'not told', fix: 'mend it' };
  expect(linesOfEvents([{ type: 'started', time, sequence: 1, operation: 'o', method: 'm' }, message])).toEqual([{ key: 4, time, level: 'warning', text: 'not told · mend it' }]);
});

test('a chart has its bound in the scale of its values, and never divides by nothing', () => {
  const frame = { width: 100, height: 50, capacity: 11 };
  const { line, bound } = chartOf([0, 5, 10], 5, frame);
  expect(line).toMatch(/^M80\.0 48\.5L90\.0 \d+\.?\d*L100\.0 /);
  expect(line).toContain(`L90.0 ${bound}`);
  expect([chartOf([], 5, frame).line, chartOf([3], undefined, frame).bound]).toEqual([undefined, undefined]);
  expect(`${chartOf([0, 0], 0, frame).line} ${chartOf([-2, -1], -3, frame).line}`).not.toMatch(/NaN|Infinity/);
});

const path = (more: Partial<RevisionPath> = {}): RevisionPath => ({ revision: 'b', time: '', checkedOut: true, evidence: [{ requirement: 'unit', met: true }], serves: [], ...more });
const released = (state: 'pass' | 'fail', started: string, revision = 'b') => ({ release: 'r', target: 't', revision, image: '', digest: revision, kind: 'deploy' as const, state, who: '', started });
const target = { name: 't', kind: 'script' as const, current: released('pass', '2026-01-02T00:00:00Z', 'now') };

test('each revision has the one step that it can take next', () => {
  const promoted = { who: '', time: '' };
  expect(nextStep(path({ evidence: [{ requirement: 'unit', met: false }] }), target)).toBe('run');
  expect(nextStep(path(), target)).toBe('promote');
  expect(nextStep(path({ checkedOut: false }), target)).toBeUndefined();
  expect(nextStep(path({ promoted }), target)).toBe('deploy');
  expect(nextStep(path({ promoted }), { ...target, kind: 'none' })).toBeUndefined();
  expect(nextStep(path({ promoted, released: released('pass', '2026-01-01T00:00:00Z') }), target)).toBe('rollback');
  expect(nextStep(path({ promoted, released: released('fail', '2026-01-01T00:00:00Z') }), target)).toBe('deploy');
  expect(nextStep(path({ promoted, serves: ['t'] }), target)).toBeUndefined();
});

test('the default way back is offered first, in the place of no other that was asked for, and one whose image is gone never', () => {
  const candidate = (revision: string, more: Partial<Candidate> = {}): Candidate => ({ release: `rel-${revision}`, revision, digest: '', released: '', who: '', verdict: 'pass', faulty: false, available: true, dataBetween: [], isDefault: false, ...more });
  const candidates = [candidate('c'), candidate('b', { isDefault: true }), candidate('a', { available: false })];
  expect([undefined, 'c', 'rel-b', 'unknown', 'a'].map((wanted) => chosenCandidate(candidates, wanted)?.revision)).toEqual(['b', 'c', 'b', undefined, undefined]);
});

test('a target says what goes on before what it has, and that something was promoted that it does not run', () => {
  expect(lookOfTarget(target, { method: 'releases.rollback' }).label).toBe('rolling back');
  expect([lookOfTarget({}, undefined).label, lookOfTarget(target, undefined).label, lookOfTarget({ problem: 'x' }, undefined).label]).toEqual(['nothing released yet', 'pass', 'not known now']);
  expect([lookOfRelease({ state: 'fail', rolledBack: true }).label, lookOfRelease({ state: 'pass', faulty: true }).label, lookOfRelease({ state: 'cancelled' }).label]).toEqual(['fail, rolled back', 'pass, later faulty', 'aborted']);
  const interrupted = { release: 'r', revision: 'b', who: '', started: '' };
  expect(lookOfTarget({ ...target, interrupted }, undefined).label).toBe('interrupted');
  expect([whyOf({ state: 'interrupted' }), whyOf({ state: 'interrupted', ended: 'then' }), whyOf({ state: 'fail', reason: 'why' })]).toEqual([expect.stringContaining('Deploy or roll back'), undefined, 'why']);
  expect([isWaiting({ ...target, promoted: { revision: 'b', digest: 'b', who: '', time: '' } }), isWaiting(target)]).toEqual([true, false]);
  const operation = (about: string, method: string) => ({ id: method, method, about, directory: '/shop', state: 'running' as const, started: '', owner: '' });
  expect(operationsOn('t', '/shop', [operation('t', 'releases.deploy'), operation('other', 'releases.deploy'), operation('t', 'fixtures.load')]).map(({ id }) => id)).toEqual(['releases.deploy']);
});
