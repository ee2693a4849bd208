import type { OperationEvent, OperationSummary, StageState } from '#contract/operations.ts';
import type { StageView } from '#contract/project.ts';
import type { RunDetails, RunSummary, StageResult, TestResult } from '#contract/runs.ts';
import { BacklotError } from '#contract/errors.ts';
import { never, type Answers } from './double.ts';
import { DIRECTORY, PROJECT } from './project.ts';

const at = (secondsAgo: number) => new Date(Date.now() - secondsAgo * 1000).toISOString();

const STAGES: readonly StageView[] = [
  { name: 'lint', needs: [], services: [] },
  { name: 'unit', needs: [], services: [] },
  { name: 'integration', needs: ['unit'], services: ['db', 'cache'], fixture: 'catalogue' },
  { name: 'browser', needs: ['unit'], services: ['app'], browser: 'chromium' },
  { name: 'contract-tests-of-partners', needs: ['integration'], services: ['app'] },
  { name: 'sanity', needs: ['integration', 'browser'], services: ['app'] },
  { name: 'smoke', needs: [], services: [], against: 'target' },
];
const RUN_PROJECT = { ...PROJECT, stages: STAGES.map(({ name }) => name), stageViews: [...STAGES] };

const REVISION = '9f3c1ab27d0e4f5a8b6c7d8e9f0a1b2c3d4e5f60';
const DIGEST = `sha256:${'7be1'.repeat(16)}`;

const test = (suite: readonly string[], name: string, seconds: number, more: Partial<TestResult> = {}): TestResult => ({ suite: [...suite], name, state: 'passed', seconds, ...more });

const UNIT_TESTS: readonly TestResult[] = ['prices', 'stock', 'taxes', 'search terms', 'vouchers'].flatMap((suite, index) =>
  Array.from({ length: 6 + index * 3 }, (_, number) => test([suite, number % 2 ? 'with a campaign' : 'without a campaign'], `${['rounds to the cent', 'keeps the currency', 'refuses what is negative', 'adds up'][number % 4]} (${number + 1})`, 0.002 + number * 0.011, number === 4 && index === 1 ? { state: 'skipped' } : {})),
);

const BROWSER_FAILURE = test(['checkout'], 'a voucher takes ten percent off the basket', 4.218, {
  state: 'failed',
  message: "expected the total to be '€ 44.91', but it was '€ 49.90'",
  detail: "AssertionError: expected the total to be '€ 44.91', but it was '€ 49.90'\n    at Checkout.expectTotal (/app/test/pages/checkout.ts:61:12)\n    at async /app/test/browser/voucher.test.ts:38:5",
  file: 'test/browser/voucher.test.ts',
  line: 38,
});
const BROWSER_TESTS: readonly TestResult[] = [
  test(['start page'], 'shows what is new', 1.31),
  test(['start page'], 'searches as one types', 2.02),
  test(['checkout'], 'an empty basket cannot be paid', 0.88),
  BROWSER_FAILURE,
  test(['checkout'], 'pays by card', 6.4, { state: 'broken', message: 'the browser went away while the page was open', file: 'test/browser/pay.test.ts', line: 12 }),
  test(['checkout'], 'pays by invoice', 3.7),
];

const inputs = (command: string, more: object = {}) => ({ hash: `sha256:${'ab12'.repeat(16)}`, image: `registry.example:5000/shop:${REVISION}`, digest: DIGEST, command: ['sh', '-c', command], environment: { CI: 'b326b506', NODE_ENV: '9f86d081', API_TOKEN: '60303ae2' }, services: { db: `sha256:${'d1'.repeat(32)}`, cache: `sha256:${'c2'.repeat(32)}` }, network: 'own' as const, engine: '27.3.1', backlot: '0.1.0', ...more });

const result = (name: string, state: StageResult['state'], [seconds, tests]: readonly [number, number], more: Partial<StageResult> = {}): StageResult => ({ name, state, seconds, tests, failures: 0, skipped: 0, cached: false, started: at(140), ended: at(140 - seconds), inputs: inputs(`npm run test:${name}`), ...more });

const LINT = result('lint', 'passed', [0.1, 0], { cached: true, cachedFrom: '20261120-1812-77aa' });
const UNIT = result('unit', 'passed', [6.4, UNIT_TESTS.length], { skipped: 1 });
const INTEGRATION = result('integration', 'passed', [21.7, 48], { flaky: true });
const BROWSER = result('browser', 'failed', [38.2, BROWSER_TESTS.length], {
  failures: 2,
  exitCode: 1,
  why: '2 of 6 tests failed',
  failed: [BROWSER_FAILURE],
  misses: [{ name: 'pay.us-east-1.shop.example', caller: 'app', set: 'browser', count: 3, last: at(100), types: ['A', 'AAAA'], kind: 'blocked' }],
  events: [
    { time: at(139.5), service: 'db', kind: 'started-again' },
    { time: at(126.4), service: 'app', kind: 'out-of-memory' },
    { time: at(126.3), service: 'app', kind: 'ended', exitCode: 137 },
    { time: at(125.1), service: 'app', kind: 'started-again' },
    { time: at(121), service: 'search-index-of-the-catalogue', kind: 'unhealthy' },
  ],
  problems: ['The artifacts screens/** hold 3 links that lead out of their folder: they are left out'],
});
const SKIPPED = (name: string): StageResult => ({ ...result(name, 'skipped', [0, 0]), why: 'needs browser, which did not pass' });
const PARTNERS = result('contract-tests-of-partners', 'passed', [9.1, 12]);

const summary = (run: string, state: RunSummary['state'], stages: readonly StageResult[], { ago = 140, ...more }: Partial<RunSummary> & { readonly ago?: number } = {}): RunSummary => ({ run, project: 'shop', directory: DIRECTORY, state, started: at(ago), ended: at(ago - 71), operation: `op-${run}`, who: 'mira@workbench', branch: 'main', revision: REVISION, image: `registry.example:5000/shop:${REVISION}`, digest: DIGEST, stages: [...stages], ...more });

const withSeconds = (stages: readonly StageResult[], factor: number) => stages.map((stage) => ({ ...stage, seconds: Math.round(stage.seconds * factor * 100) / 100 }));
const GREEN = [{ ...LINT, cached: false, cachedFrom: undefined }, UNIT, INTEGRATION, { ...BROWSER, state: 'passed' as const, failures: 0, why: undefined, failed: [], misses: [], problems: [], events: [] }, PARTNERS, result('sanity', 'passed', [4.2, 6])].map((stage) => JSON.parse(JSON.stringify(stage)) as StageResult);
const PAST: readonly RunSummary[] = Array.from({ length: 14 }, (_, index) =>
  summary(`20261120-${1830 - index * 7}-${(index * 7919 + 4096).toString(16)}`, index % 5 === 3 ? 'failed' : index === 6 ? 'cancelled' : 'passed', withSeconds(index % 5 === 3 ? [LINT, UNIT, INTEGRATION, BROWSER, PARTNERS, SKIPPED('sanity')] : GREEN, 0.9 + 0.25 * Math.abs(Math.sin(index * 2.3))), { ago: 3600 * (index + 2), branch: index % 4 === 1 ? 'voucher-campaigns-of-the-summer-sale' : 'main' }),
);

const FAILED = summary('20261121-1040-4af1', 'failed', [LINT, UNIT, INTEGRATION, BROWSER, PARTNERS, SKIPPED('sanity')], { dirty: true, branch: 'voucher-campaigns-of-the-summer-sale' });
const PASSED = summary('20261121-1040-4af1', 'passed', GREEN);
const RUNNING = { ...summary('20261121-1052-c09d', 'running', [LINT, UNIT], { ago: 34 }), ended: undefined } as unknown as RunSummary;
const HELD = { ...FAILED, state: 'held' as const, ended: undefined, heldUntil: new Date(Date.now() + 741_000).toISOString() } as unknown as RunSummary;

type News = OperationEvent extends infer Event ? (Event extends OperationEvent ? Omit<Event, 'time' | 'sequence'> : never) : never;
const events = (operation: string, news: readonly (readonly [number, News])[]): readonly OperationEvent[] => [{ type: 'started', time: at(34), sequence: 1, operation, method: 'runs.start' }, ...news.map(([ago, one], index) => ({ ...one, time: at(ago), sequence: index + 2 }) as OperationEvent)];
const stage = (name: string, state: StageState, more: object = {}): News => ({ type: 'stage', stage: name, run: RUNNING.run, state, ...more });
const build = (step: string, name: string, state: 'running' | 'cached' | 'done', seconds?: number): News => ({ type: 'build', image: RUNNING.image ?? '', step, name, state, ...(seconds !== undefined && { seconds }) });

const BUILDING: readonly (readonly [number, News])[] = [
  [34, stage('lint', 'waiting')],
  [34, stage('unit', 'waiting')],
  [34, stage('integration', 'waiting', { why: 'waits for unit' })],
  [34, stage('browser', 'waiting', { why: 'waits for unit' })],
  [34, stage('sanity', 'waiting', { why: 'waits for integration, browser' })],
  [33, build('1', '[internal] load build definition from Dockerfile', 'done', 0.1)],
  [33, build('2', '[test 1/5] FROM docker.io/library/node:20-slim', 'cached')],
  [33, build('3', '[test 2/5] WORKDIR /app', 'cached')],
  [32, build('4', '[test 3/5] COPY package.json package-lock.json ./', 'cached')],
];
const TELLING: readonly (readonly [number, News])[] = [
  ...BUILDING,
  [30, build('5', '[test 4/5] RUN npm ci', 'cached')],
  [29, build('6', '[test 5/5] COPY . .', 'done', 0.7)],
  [28, stage('lint', 'passed', { cached: true, seconds: 0.1 })],
  [28, stage('unit', 'running')],
  [21, stage('unit', 'passed', { seconds: 6.4, tests: UNIT_TESTS.length, failures: 0, skipped: 1 })],
  [21, stage('integration', 'running')],
  [20, stage('browser', 'preparing')],
  [14, stage('browser', 'running')],
  ...BROWSER_TESTS.slice(0, 3).map(({ suite, name, state, seconds }, index): readonly [number, News] => [12 - index * 3, { type: 'test', stage: 'browser', suite, name, state, seconds }]),
];

export const RUN_EVENTS: Readonly<Record<string, readonly OperationEvent[]>> = {
  'op-30': events('op-30', TELLING),
  'op-33': events('op-33', [...TELLING, [9, { type: 'service', stage: 'browser', service: 'app', state: 'ready' }], [9, { type: 'service', stage: 'browser', service: 'db', state: 'ready' }], [1, stage('browser', 'held', { why: 'its environment stays up' })]]),
  'op-34': events('op-34', [...TELLING, [0, { type: 'result', ok: false, error: { code: 'stage-failed', message: 'browser: 2 of 6 tests failed' } }]]),
  'op-31': events('op-31', [...BUILDING, [3, build('5', '[test 4/5] RUN npm ci', 'running')]]),
};

const operation = (id: string, more: Partial<OperationSummary> = {}): OperationSummary => ({ id, method: 'runs.start', directory: DIRECTORY, state: 'running', started: at(34), owner: 'this app', ...more });

/** A made-up screen of the shop, drawn so that no file is needed. */
const SCREEN = (title: string, tone: string) => `<svg xmlns="http://www.w3.org/2000/svg" width="960" height="600"><rect width="960" height="600" fill="#fdfcf9"/><rect width="960" height="64" fill="${tone}"/><text x="32" y="41" font-family="sans-serif" font-size="24" fill="#fff">shop</text><text x="32" y="120" font-family="sans-serif" font-size="30" fill="#222">${title}</text><rect x="32" y="150" width="560" height="90" rx="8" fill="#eee"/><rect x="32" y="256" width="560" height="90" rx="8" fill="#eee"/><rect x="640" y="150" width="288" height="196" rx="8" fill="#f4efe4"/><text x="664" y="300" font-family="sans-serif" font-size="28" fill="#b02a20">Total € 49.90</text></svg>`;

/** The same, as the browser's server gives it. */
async function* screen(_input: Record<string, unknown>, signal: AbortSignal) {
  const picture = new Image();
  picture.src = `data:image/svg+xml;base64,${btoa(String.fromCharCode(...new TextEncoder().encode(SCREEN('Your basket', '#0b6479'))))}`;
  await picture.decode();
  const canvas = Object.assign(document.createElement('canvas'), { width: picture.width, height: picture.height });
  canvas.getContext('2d')?.drawImage(picture, 0, 0);
  yield { base64: canvas.toDataURL('image/png').split(',')[1] ?? '', time: at(1) };
  await never(signal).catch(() => {});
}

async function* noPage(signal: AbortSignal) {
  await never(signal).catch(() => {});
  yield* [];
}

const ARTIFACTS = [
  { stage: 'browser', path: 'screens/checkout/a voucher takes ten percent off.svg', bytes: 814 },
  { stage: 'browser', path: 'screens/checkout/pays by card.svg', bytes: 811 },
  { stage: 'browser', path: 'screens/start page.svg', bytes: 806 },
  { stage: 'browser', path: 'console.log', bytes: 4120 },
  { stage: 'browser', path: 'reports/TEST-browser.xml', bytes: 12_884 },
  { stage: 'browser', path: 'video/session.mp4', bytes: 14_100_322 },
  { stage: 'unit', path: 'reports/TEST-unit.xml', bytes: 48_211 },
];

const detailsOf = (run: RunSummary): RunDetails => ({ ...run, schema: 1, tests: [...UNIT_TESTS.map((one) => ({ ...one, stage: 'unit' })), ...BROWSER_TESTS.map((one) => ({ ...one, stage: 'browser', ...(run.state === 'passed' && { state: 'passed' as const }) }))], artifacts: ARTIFACTS, logs: { browser: ['stage', 'app', 'db'], unit: ['stage'] } });

const PRINTING = ['stage', 'app', 'stage', 'db', 'app'];
/** Printed while the stage ran, whose times are those of the page's beginning too: a page that takes long to ask is shown the same. */
const LINES = Array.from({ length: 90 }, (_, index) => {
  const service = PRINTING[index % PRINTING.length] ?? 'app';
  const line = { stage: index === 62 ? "\u001b[31m✗ a voucher takes ten percent off the basket\u001b[0m: expected '€ 44.91', was '€ 49.90'" : `✓ step ${index} of the checkout (${(index * 37) % 400} ms)`, app: index === 61 ? 'WARN no campaign for voucher SUMMER10: getaddrinfo ENOTFOUND pay.us-east-1.shop.example' : `GET /basket/${4000 + index} 200 ${(index * 13) % 41} ms`, db: 'LOG:  duration: 812.4 ms  statement: SELECT id FROM vouchers WHERE code = $1' }[service as 'stage' | 'app' | 'db'];
  return { service, stream: service === 'db' ? 'stderr' : 'stdout', time: at(138 - index * 0.4).replace('Z', '123456Z'), line };
});

async function* logs(input: Record<string, unknown>, signal: AbortSignal) {
  yield { lines: LINES };
  if (input['follow'] === true) await never(signal).catch(() => {});
}

const COMPARED = {
  same: false,
  differences: [
    { what: 'revision', a: '1c0ffee27d0e4f5a8b6c7d8e9f0a1b2c3d4e5f60', b: REVISION },
    { what: 'image digest', a: `sha256:${'55aa'.repeat(16)}`, b: DIGEST },
    { stage: 'integration', what: 'fixture', a: `sha256:${'0b'.repeat(32)}`, b: `sha256:${'7c'.repeat(32)}` },
    { stage: 'browser', what: 'outcome', a: 'passed', b: 'failed' },
    { stage: 'browser', what: 'variable CAMPAIGN', b: '60303ae2' },
    { stage: 'browser', what: 'command', a: 'sh -c npm run test:browser', b: 'sh -c npm run test:browser -- --workers 4' },
    { stage: 'sanity', what: 'stage', a: 'passed' },
  ],
};

const having = (newest: RunSummary | undefined, ...operations: readonly OperationSummary[]): Answers => ({
  'project.load': () => RUN_PROJECT,
  'runs.list': () => ({ schema: 1, runs: newest ? [newest, ...PAST] : [] }),
  'runs.show': (input) => detailsOf([...(newest ? [newest] : []), ...PAST].find(({ run }) => run === input['run']) ?? FAILED),
  ...(operations.length > 0 && { 'operations.list': () => ({ operations }) }),
});

/** What the double answers about runs where a scenario says nothing else. */
export const RUN_ANSWERS: Answers = {
  'runs.list': () => ({ schema: 1, runs: [] }),
  'runs.show': () => detailsOf(FAILED),
  'runs.logs': (input, signal) => logs(input, signal),
  'runs.screen': (input, signal) => screen(input, signal),
  'runs.artifact': (input) => {
    const path = String(input['path']);
    const text = path.endsWith('.svg') ? SCREEN(path.includes('voucher') ? 'Your basket' : path.includes('card') ? 'Pay by card' : 'What is new', path.includes('card') ? '#5b47b0' : '#0b6479') : 'error  0:12  Failed to load resource: net::ERR_NAME_NOT_RESOLVED  https://pay.us-east-1.shop.example/v1\n';
    return { base64: btoa(String.fromCharCode(...new TextEncoder().encode(text))), bytes: text.length };
  },
  'runs.compare': (input) => ({ schema: 1, a: String(input['a']), b: String(input['b']), ...COMPARED }),
  'runs.start': () => ({ id: 'op-30' }),
  'runs.build': () => ({ id: 'op-31' }),
  'runs.release': () => ({ id: 'op-10' }),
};

/** States of the page of stages. */
export const RUN_SCENARIOS: Readonly<Record<string, Answers>> = {
  stagesnone: { 'project.load': () => ({ ...PROJECT, stages: [], stageViews: [] }) },
  stagesfirst: having(undefined),
  stagesrunning: having({ ...RUNNING, operation: 'op-30' }, operation('op-30')),
  stagesending: having({ ...RUNNING, operation: 'op-34' }, operation('op-34')),
  stagesbuilding: having({ ...RUNNING, operation: 'op-31', stages: [] }, operation('op-31')),
  stagespassed: having(PASSED),
  stagesfailed: having(FAILED),
  stagesheld: having({ ...HELD, operation: 'op-33' }, operation('op-33')),
  stagesnopage: { ...having({ ...RUNNING, operation: 'op-30' }, operation('op-30')), 'runs.screen': (_, signal) => noPage(signal) },
  stagesloading: { ...having(FAILED), 'runs.list': (_, signal) => never(signal) },
  stagesbroken: { ...having(undefined), 'runs.list': () => { throw new BacklotError('state-unusable', 'The folder of the runs cannot be read: permission denied', { fix: 'Give yourself the right to read ~/.local/state/backlot/runs' }); } },
  stagesbuildfailed: having(undefined, operation('op-32', { state: 'failed', ended: at(3), error: { code: 'build-failed', message: 'The image could not be built: npm ci ended with 1', cause: '#9 12.41 npm error code ERESOLVE\n#9 12.41 npm error Conflicting peer dependency: react@19.1.0', fix: 'Mend package.json, then run it again.' } })),
};
