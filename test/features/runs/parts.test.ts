import { befell, StageInputs } from '#contract/runs.ts';
import { ServiceTelling } from '#features/runs/service-events.ts';
import { describe, expect, test } from 'vitest';
import { ciFile } from '#features/runs/ci-files.ts';
import { compareRuns } from '#features/runs/compare.ts';
import { isUnsafe, matcherOf, placesOf } from '#features/runs/glob.ts';
import { imageOrder, unbuiltPlatforms } from '#features/runs/image-order.ts';
import { judge } from '#features/runs/judge.ts';
import { planRun } from '#features/runs/plan-run.ts';
import { serviceInRun } from '#features/runs/run-service.ts';
import { linkOfCi } from '#features/runs/run-notices.ts';
import { runByNeeds } from '#features/runs/run-by-needs.ts';
import { declaredOf, inputsOf } from '#features/runs/stage-inputs.ts';

const planOf = (stageFiles: Parameters<typeof planRun>[0]['stageFiles'], ...asked: string[]) => planRun({ stageFiles, file: 'backlot.yaml' }, asked).map(({ name }) => name);

describe('the plan of a run', () => {
  const stages = { browser: { run: 'b', needs: ['unit'] }, unit: { run: 'u' }, smoke: { run: 's', against: 'target' as const } };

  test('has what is asked for with what it needs first, and without names everything that needs no target', () => {
    expect(planOf(stages, 'browser')).toEqual(['unit', 'browser']);
    expect(planOf(stages)).toEqual(['unit', 'browser']);
  });

  test('refuses what is not there, circles, and stages against a target', () => {
    expect(() => planOf(stages, 'brwser')).toThrow(expect.objectContaining({ code: 'stage-unknown', fix: expect.stringContaining('Did you mean browser?') }));
    expect(() => planOf({ a: { run: 'a', needs: ['b'] }, b: { run: 'b', needs: ['a'] } })).toThrow(expect.objectContaining({ code: 'dependency-cycle', message: expect.stringMatching(/a→b→a/) }));
    expect(() => planOf(stages, 'smoke')).toThrow(/deployed target/);
    expect(() => planOf({})).toThrow(expect.objectContaining({ code: 'config-invalid' }));
  });
});

test('stages run as soon as what they need has passed, so many at a time, and not where that failed', async () => {
  const order: string[] = [];
  let running = 0;
  let most = 0;
  const stages = [['a'], ['b'], ['c'], ['after-a', 'a'], ['after-bad', 'b'], ['last', 'after-bad']].map(([name = '', ...needs]) => ({ name, needs }));
  await runByNeeds(stages, {
    limit: 2,
    signal: new AbortController().signal,
    async run({ name }) {
      most = Math.max(most, ++running);
      await new Promise((resolve) => setImmediate(resolve));
      running--;
      order.push(name);
      return name !== 'b';
    },
    async onSkip({ name }, need) {
      order.push(`${name} without ${need}`);
    },
  });
  expect(most).toBe(2);
  expect(order).toEqual(expect.arrayContaining(['a', 'b', 'c', 'after-a', 'after-bad without b', 'last without after-bad']));
  expect(order.indexOf('after-a')).toBeGreaterThan(order.indexOf('a'));
});

test.each([
  ['reports/*.xml', 'reports/a.xml', true],
  ['reports/*.xml', 'reports/deep/a.xml', false],
  ['screens/**', 'screens/a/b.png', true],
  ['**/*.xml', 'a/b/c.xml', true],
  ['**/*.xml', 'c.xml', true],
  ['out', 'out/a/b', true],
  ['./out/', 'out/a', true],
  ['a.{png,jpg}', 'a.jpg', true],
  ['{src,test/*.d}/a.ts', 'test/x.d/a.ts', true],
  ['{a,b{c,d}}', 'bd', true],
  ['{a}', '{a}', true],
  ['a+b (1).xml', 'a+b (1).xml', true],
  ['a.xml', 'aXxml', false],
])('%s means %s: %s', (pattern, path, expected) => {
  expect(matcherOf(pattern)(path)).toBe(expected);
});

test('patterns say where to look, and those that lead out are seen', () => {
  expect(['reports/**/*.xml', '*.xml', '/out/x.xml', '/*.xml', '{a,b/*}/c'].flatMap(placesOf)).toEqual([
    { path: 'reports', exact: false },
    { path: '', exact: false },
    { path: '/out/x.xml', exact: true },
    { path: '/', exact: false },
    { path: 'a/c', exact: true },
    { path: 'b', exact: false },
  ]);
  expect(['../x', 'a/../../x', '', 'a\\..\\x', '{a,../b}', '{a,.{.,x}/b}'].map(isUnsafe)).not.toContain(false);
  expect(isUnsafe('a..b/c')).toBe(false);
});

test('the exit code decides, and that there are tests', () => {
  const ended = { exitCode: 0, outOfMemory: false, error: '' };
  const none = { tests: 0, failures: 0, skipped: 0 };
  expect(judge({ run: 'x' }, ended, { ...none, tests: 2 })).toEqual({ state: 'passed' });
  expect(judge({ run: 'x' }, ended, none).state).toBe('failed');
  expect(judge({ run: 'x', allowEmpty: true }, ended, none).state).toBe('passed');
  expect(judge({ run: 'x' }, { ...ended, exitCode: 1 }, { tests: 3, failures: 2, skipped: 0 })).toEqual({ state: 'failed', why: '2 of 3 tests failed' });
  expect(judge({ run: 'x' }, { ...ended, exitCode: 137, outOfMemory: true }, none).why).toContain('out of memory');
  expect(judge({ run: 'x' }, undefined, none).why).toContain('removed from outside');
});

test('what the engine tells of services is told in our words, and what is usual is not told', () => {
  const telling = new ServiceTelling([
    { id: 'd', labels: { 'dev.backlot.service': 'db' } },
    { id: 's', labels: { 'dev.backlot.service': 'backlot-stage' } },
    { id: 'g', labels: { 'dev.backlot.role': 'names' } },
  ]);
  const take = (id: string, action: string, attributes = {}) => telling.take({ kind: 'container', id, action, attributes, time: 1 });
  expect(['d', 's', 'g'].map((id) => take(id, 'start'))).toEqual([undefined, undefined, undefined]);
  expect(take('d', 'health_status: healthy')).toBeUndefined();
  const told = [take('d', 'health_status: unhealthy'), take('d', 'oom'), take('d', 'die', { exitCode: '137' }), take('d', 'start'), take('d', 'health_status: healthy'), take('s', 'oom')];
  expect(told.map((event) => event && `${event.time} ${event.service} ${befell(event)}`)).toEqual([
    '1970-01-01T00:00:01.000Z db became unhealthy',
    '1970-01-01T00:00:01.000Z db ran out of memory',
    '1970-01-01T00:00:01.000Z db ended with 137',
    '1970-01-01T00:00:01.000Z db was started again',
    '1970-01-01T00:00:01.000Z db is healthy again',
    '1970-01-01T00:00:01.000Z stage ran out of memory',
  ]);
  expect([take('s', 'die', { exitCode: '1' }), take('g', 'die'), take('other', 'die')]).toEqual([undefined, undefined, undefined]);
});

test('where a server keeps its data an empty volume is mounted in a run, and only there', () => {
  const mounts = ['/data', '/data/sub', '/data-seed'].map((target) => ({ type: 'bind', source: '/shop', target }));
  const service = { name: 'cache', kind: 'redis' as const, image: 'redis:7', build: false, dependsOn: [], names: ['cache'], groups: [], resolved: { volumes: mounts } };
  const { volumes } = serviceInRun(service, { environment: {}, image: undefined }).service.resolved;
  expect(volumes).toEqual([{ type: 'volume', target: '/data' }, { type: 'volume', target: '/data/sub' }, { ...mounts[2], read_only: true }]);
  const elsewhere = serviceInRun(service, { environment: {}, image: undefined, isElsewhere: true }).service.resolved;
  expect(elsewhere['volumes']).toContainEqual({ ...mounts[2], read_only: true, bind: { create_host_path: false } });
});

test('inputs have the same hash in every run, another one where a value differs, and show no value', () => {
  const parts = { image: 'shop:1', digest: 'sha256:a', command: ['npm', 'test'], services: { b: '2', a: '1' }, network: 'own' as const, backlot: '1' };
  const of = (variables: Record<string, string>) => inputsOf({ ...parts, variables });
  const one = of({ B: 'secret-value', A: 'x', BACKLOT_RUN: '1' });
  expect(of({ A: 'x', B: 'secret-value', BACKLOT_RUN: '2' }).hash).toBe(one.hash);
  expect(of({ A: 'x', B: 'other' }).hash).not.toBe(one.hash);
  expect(JSON.stringify(one)).not.toContain('secret-value');
});

test('what a stage and its services declare is an input, and where its results go is none', () => {
  const service = (command: string) => ({ name: 'db', kind: 'postgres' as const, image: 'postgres:15', build: false, dependsOn: [], names: ['db'], groups: [], resolved: { image: 'postgres:15', command } });
  const project = { name: 'shop', services: { db: service('postgres') }, build: { target: 'runtime' } };
  const of = (file: Parameters<typeof declaredOf>[1]['file'], { isByFiles = false, ...more }: Partial<Parameters<typeof declaredOf>[0]> & { readonly isByFiles?: boolean } = {}) => declaredOf({ ...project, ...more }, { file }, isByFiles);
  const plain = { run: 'x' };
  const one = of(plain);
  expect(of({ ...plain, artifacts: ['out'], needs: ['unit'], cache: true })).toBe(one);
  for (const file of [{ directory: '/app' }, { allowEmpty: true }, { junit: 'a.xml' }, { target: 'test' }]) expect(of({ ...plain, ...file })).not.toBe(one);
  expect(of(plain, { ...project, services: { db: service('postgres -c fsync=off') } })).not.toBe(one);
  expect(of(plain, { ...project, name: 'other' })).not.toBe(one);
  expect(of(plain, { ...project, build: { target: 'test' } })).toBe(one);
  expect(of(plain, { ...project, build: { target: 'test' }, isByFiles: true })).not.toBe(of(plain, { isByFiles: true }));
});

test('two runs differ in what is told, and in nothing else', () => {
  const inputs = inputsOf({ image: 'shop:1', digest: 'sha256:a', command: ['npm', 'test'], variables: { A: '1' }, services: { db: 'sha256:d' }, network: 'own', backlot: '1' });
  const stage = { name: 'unit', state: 'passed' as const, seconds: 1, tests: 1, failures: 0, skipped: 0, cached: false, inputs };
  const run = { run: 'a', project: 'shop', directory: '/shop', state: 'passed' as const, started: '', operation: '', who: '', stages: [stage] };
  expect(compareRuns(run, { ...run, run: 'b' })).toEqual([]);
  const other = { ...stage, inputs: { ...inputs, services: { db: 'sha256:e' }, environment: { ...inputs.environment, B: 'x' } } };
  expect(compareRuns(run, { ...run, stages: [other] }).map(({ what }) => what)).toEqual(['variable B', 'image of db']);
});

test('of several platforms the engine’s own is built, and the others are told', () => {
  const project = { name: 'shop', directory: '/shop', build: { platforms: ['linux/arm64', 'linux/amd64'] } } as unknown as Parameters<typeof imageOrder>[0];
  const order = imageOrder(project, { revision: { name: 'abc' }, noCache: false, platform: 'linux/amd64' });
  expect(unbuiltPlatforms(project, order)).toMatch(/^shop:abc is built for linux\/amd64 only, not for linux\/arm64: /);
  const one = { ...project, build: { platforms: ['linux/amd64'] } };
  expect(unbuiltPlatforms(one, imageOrder(one, { revision: { name: 'abc' }, noCache: false, platform: 'linux/amd64' }))).toBeUndefined();
});

test('how two runs differ is told for every input', () => {
  const inputs = { hash: 'h', image: 'i', digest: 'd', command: ['c'], environment: { A: '1' }, services: { db: 's' }, network: 'own' as const, fixture: 'f', browser: 'b', files: 'x', mounted: 'm', declared: 'e', engine: '20', backlot: '1' };
  const other: typeof inputs = { hash: 'H', image: 'I', digest: 'D', command: ['C'], environment: { A: '2' }, services: { db: 'S' }, network: 'shared' as never, fixture: 'F', browser: 'B', files: 'X', mounted: 'M', declared: 'E', engine: '21', backlot: '2' };
  const run = (of: typeof inputs) => ({ run: 'a', project: 'shop', directory: '/shop', state: 'passed' as const, started: '', operation: '', who: '', stages: [{ name: 'unit', state: 'passed' as const, seconds: 1, tests: 1, failures: 0, skipped: 0, cached: false, inputs: of }] });
  const told = { image: 'image', digest: 'image digest', command: 'command', fixture: 'fixture', browser: 'browser', network: 'network', files: 'input files', mounted: 'mounted files', declared: 'what is declared', engine: 'engine', backlot: 'Backlot', environment: 'variable A', services: 'image of db' };
  expect(Object.keys({ ...told, hash: '' }).sort()).toEqual(Object.keys(StageInputs.shape).sort());
  for (const [key, what] of Object.entries(told)) expect(compareRuns(run(inputs), run({ ...inputs, [key]: other[key as keyof typeof other] })).map((one) => one.what)).toEqual([what]);
});

test.each([
  [{ GITHUB_SERVER_URL: 'https://git.example', GITHUB_REPOSITORY: 'acme/shop', GITHUB_RUN_ID: '7' }, 'https://git.example/acme/shop/actions/runs/7'],
  [{ CI_JOB_URL: 'https://lab.example/acme/shop/-/jobs/7' }, 'https://lab.example/acme/shop/-/jobs/7'],
  [{ BUILD_URL: 'http://jenkins.example/job/shop/7/' }, 'http://jenkins.example/job/shop/7/'],
  [{ BUILD_URL: 'javascript:alert(1)' }, undefined],
])('%j is shown at %s', (environment, link) => {
  expect(linkOfCi(environment)).toBe(link);
});

test.each(['github', 'gitlab', 'jenkins'] as const)('a file for %s calls the verbs and says where the results are', (kind) => {
  const { text } = ciFile(kind);
  expect(text).toContain('backlot run --junit reports/backlot.xml --artifacts reports/artifacts');
  expect(text.split('\n').length).toBeLessThan(20);
});
