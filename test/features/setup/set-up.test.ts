import { expect, test } from 'vitest';
import { BacklotError } from '#contract/errors.ts';
import { RECIPES, TEST_RECIPES } from '#features/setup/image-recipes.ts';
import { setUp, type SetupInput } from '#features/setup/set-up.ts';
import type { HostFacts, HostSystem, ImageRecipe } from '#ports/host-system.ts';

const bare: HostFacts = { release: { family: 'debian', version: 12, name: 'Debian GNU/Linux 12' }, root: true, systemd: false, engine: { kind: 'missing' }, debootstrap: false };
const ready: HostFacts = { ...bare, engine: { kind: 'answers', version: '20.10.24' }, compose: '2.26.1', buildx: '0.13.1' };
const input: SetupInput = { purpose: 'run', mayInstall: true, images: [] };
const allNames = RECIPES.map((recipe) => recipe.name);

type Fake = HostSystem & { readonly calls: string[] };

/** A machine in memory: what is installed is there at the next look. */
function fakeHost(first: HostFacts, { images = [] as readonly string[], registry = [] as readonly string[], broken = '' } = {}): Fake {
  let facts = first;
  const calls: string[] = [];
  const have = new Set(images);
  const build = async (recipe: ImageRecipe) => {
    calls.push(`build ${recipe.name}`);
    if (recipe.name === broken) throw new BacklotError('build-failed', `${recipe.name} is broken`);
    have.add(recipe.name);
  };
  return {
    calls,
    log: '/tmp/setup.log',
    observe: async () => facts,
    listImages: async () => (facts.engine.kind === 'answers' ? [...have] : []),
    async installPackages(names) {
      calls.push(`packages ${names.join(' ')}`);
      if (names.includes('debootstrap')) facts = { ...facts, debootstrap: true };
      if (names.includes('docker.io')) facts = { ...facts, engine: { kind: 'stopped' } };
    },
    async installPlugins(names) {
      calls.push(`plugins ${names.join(' ')}`);
      facts = { ...facts, compose: '2.26.1', buildx: '0.13.1' };
    },
    async startEngine() {
      calls.push('start');
      facts = { ...facts, engine: { kind: 'answers', version: '20.10.24' } };
    },
    async pullImage(name) {
      calls.push(`pull ${name}`);
      if (!registry.includes(name)) return false;
      have.add(name);
      return true;
    },
    buildBase: build,
    buildImage: build,
    async withLock(_onWait, work) {
      calls.push('lock');
      return work();
    },
  };
}

async function run(host: Fake, over: Partial<SetupInput> = {}) {
  const told: string[] = [];
  const report = await setUp({ ...input, ...over }, { host, tell: (line) => told.push(line) }, AbortSignal.timeout(5_000));
  return { report, told };
}

const failure = (work: Promise<unknown>) => work.then(() => undefined, (error: unknown) => error as BacklotError);

test('where everything is there, nothing is locked, changed or told', async () => {
  const host = fakeHost(ready, { images: allNames });
  const { report, told } = await run(host);
  expect([host.calls, told, report.done]).toEqual([[], [], []]);
  expect(report.engine).toBe('20.10.24');
});

test('a bare machine without a registry ends with every image made here, the base first', async () => {
  const host = fakeHost(bare);
  await run(host);
  expect(host.calls.slice(0, 7)).toEqual(['lock', 'packages docker.io iptables ca-certificates', 'start', 'plugins docker-compose docker-buildx', 'pull debian:bookworm-slim', 'packages debootstrap debian-archive-keyring', 'build debian:bookworm-slim']);
  expect(host.calls.slice(7).sort()).toEqual(allNames.slice(1).map((name) => `build ${name}`).sort());
});

test('the tests need further images, and others are made when they are asked for by name', async () => {
  const chosen = async (over: Partial<SetupInput>) => (await run(fakeHost(ready, { images: allNames }), over)).report.images.slice(allNames.length);
  expect(await chosen({ images: ['rabbitmq:3'] })).toEqual(['rabbitmq:3']);
  expect(await chosen({ images: ['haproxy:2.6'] })).toEqual(['haproxy:2.6']);
  expect(await run(fakeHost({ ...ready, browser: '/usr/bin/chromium' }, { images: [...allNames, ...TEST_RECIPES.map(({ name }) => name)] }), { purpose: 'tests' })).toMatchObject({ report: { done: [] } });
  expect(TEST_RECIPES.map(({ name }) => name)).toContain('selenium/standalone-chromium:4');
});

test('where a registry answers, nothing is made here', async () => {
  const host = fakeHost(ready, { registry: allNames });
  await run(host);
  expect(host.calls).toEqual(['lock', ...allNames.map((name) => `pull ${name}`)]);
});

test('images that are there are neither pulled nor made', async () => {
  const host = fakeHost(ready, { images: allNames.filter((name) => name !== 'redis:7') });
  await run(host);
  expect(host.calls).toEqual(['lock', 'pull redis:7', 'build redis:7']);
});

test('a second run after a finished one changes nothing', async () => {
  const host = fakeHost(bare);
  await run(host);
  const before = host.calls.length;
  await run(host);
  expect(host.calls.length).toBe(before);
});

test('without leave to install, what is missing is an error that names the commands', async () => {
  const host = fakeHost(bare);
  const error = await failure(run(host, { mayInstall: false }));
  expect(error).toMatchObject({ code: 'engine-unreachable' });
  expect(error?.fix).toContain('apt-get install -y --no-install-recommends docker.io');
  expect(host.calls).toEqual(['lock']);
});

test('without root and without a registry, nobody pretends that images can be made', async () => {
  const error = await failure(run(fakeHost({ ...ready, root: false })));
  expect(error).toMatchObject({ code: 'image-missing' });
});

test('the first image that cannot be made is the failure that is told', async () => {
  const error = await failure(run(fakeHost({ ...ready, debootstrap: true }, { broken: 'node:20-slim' })));
  expect(error).toMatchObject({ code: 'build-failed', message: 'node:20-slim is broken' });
});

test('a silent engine that was chosen is told as such', async () => {
  const error = await failure(run(fakeHost({ ...ready, engine: { kind: 'elsewhere', choice: 'context build', cause: 'no answer' } })));
  expect(error).toMatchObject({ code: 'engine-unreachable', message: 'The engine of context build does not answer' });
});

test('an image that no recipe makes is refused before anything is looked at', async () => {
  expect(await failure(run(fakeHost(bare), { images: ['oracle:23'] }))).toMatchObject({ code: 'usage' });
});
