import { BacklotError } from '#contract/errors.ts';
import type { OperationEvent, OperationSummary } from '#contract/operations.ts';
import type { Candidate, Condition, Evidence, KpiOutcome, Release, RevisionPath, StageProof, TargetView } from '#contract/releases.ts';
import { never, type Answers } from './double.ts';
import { DIRECTORY, PROJECT } from './project.ts';

const at = (secondsAgo: number) => new Date(Date.now() - secondsAgo * 1000).toISOString();
const HOUR = 3600;
const DAY = 24 * HOUR;

const sha = (seed: string) => seed.repeat(40).slice(0, 40);
const digest = (seed: string) => `sha256:${seed.repeat(64).slice(0, 64)}`;
const [HEAD, NEW, NOW, OLD, BAD, OLDEST] = ['9f3c1ab27d', '41d07be93a', 'c07e5fa218', '7b20e94d6c', 'e5519ac0d7', '2ad8f6301b'].map(sha) as [string, string, string, string, string, string];

const REPOSITORY = 'registry.example:5000/shop/storefront';
const RELEASE_PROJECT = { ...PROJECT, targets: ['staging', 'production', 'partners-in-eu-central-1', 'archive'] };

const kpi = (check: string, verdict: KpiOutcome['verdict'], more: Partial<KpiOutcome> = {}): KpiOutcome => ({ check, verdict, samples: 118, bound: 'p95 at most 300ms', value: 181.4, ...more });
const KPIS: readonly KpiOutcome[] = [kpi('start page', 'pass', { previous: 176.2, previousIn: 'the same window' }), kpi('error rate', 'pass', { bound: 'at most 1%', value: 0.08, previous: 0.11 }), kpi('orders per minute', 'pass', { bound: 'at least 0.8 of the release before', value: 44, previous: 47, previousIn: 'before the roll' })];

const release = (id: string, revision: string, state: Release['state'], { ago, ...more }: Partial<Release> & { readonly ago: number }): Release => ({ release: id, target: 'production', revision, image: `${REPOSITORY}@${digest(revision.slice(0, 4))}`, digest: digest(revision.slice(0, 4)), kind: 'deploy', state, who: 'mira@workbench', started: at(ago), ended: at(ago - 148), ...more });

const HISTORY: readonly Release[] = [
  release('rel-m3x9a1-c0ffee', NOW, 'pass', { ago: 26 * HOUR, previous: OLD, kpi: [...KPIS], link: 'https://git.example/shop/infrastructure/commit/31be07' }),
  release('rel-m3w2k8-51aa07', BAD, 'fail', { ago: 27 * HOUR, previous: OLD, rolledBack: true, operation: 'op-41', who: 'ci (main, build 8812)', reason: 'error rate: 14 of 206 answers are errors: GET https://shop.example/checkout answered 502; orders per minute: 12, 9, 11: less than 37.6', kpi: [kpi('start page', 'pass'), kpi('error rate', 'fail', { bound: 'at most 1%', value: 6.8, previous: 0.11, why: '6.8 is more than 1' }), kpi('orders per minute', 'fail', { bound: 'at least 0.8 of the release before', value: 11, previous: 47, why: '12, 9, 11: less than 37.6' })] }),
  release('rel-m3t1p0-90be12', OLD, 'inconclusive', { ago: 4 * DAY, previous: OLDEST, content: 'data', accepted: 'jonas@laptop', log: { digest: digest('10f0'), size: 912 }, who: 'jonas@laptop-of-jonas-in-the-office', reason: 'orders per minute: only 1 of 3 readings: the metrics server did not answer' }),
  release('rel-m3s7f2-1122ab', OLDEST, 'pass', { ago: 6 * DAY, previous: BAD, kind: 'rollback', reason: 'the search page was slow for guests', kpi: [...KPIS] }),
  release('rel-m3s5aa-3344cd', BAD, 'pass', { ago: 6 * DAY + 2 * HOUR, previous: OLDEST, faulty: true }),
  release('rel-m3r0zz-5566ef', OLDEST, 'cancelled', { ago: 9 * DAY, rolledBack: false, reason: 'cancelled' }),
  release('rel-m3q0zz-7788ab', OLDEST, 'interrupted', { ago: 9 * DAY + HOUR, problem: 'Nobody here trusts the key that it is signed with' }),
];
const [CURRENT] = HISTORY;

const target = (name: string, more: Partial<TargetView>): TargetView => ({ name, kind: 'script', requires: ['unit', 'integration'], repository: REPOSITORY, ...more });
const promotedOf = (revision: string, ago: number) => ({ revision, digest: digest(revision.slice(0, 4)), who: 'mira@workbench', time: at(ago) });

const STAGING = target('staging', { current: release('rel-m3y0aa-abcdef', NEW, 'pass', { ago: 2 * HOUR, target: 'staging', previous: NOW }), promoted: promotedOf(NEW, 2 * HOUR + 240) });
const PRODUCTION = target('production', { kind: 'pair', platform: 'linux/amd64', requires: ['unit', 'integration', 'smoke on staging'], promoted: promotedOf(NEW, 40 * 60), ...(CURRENT && { current: CURRENT }) });
const LOCK = { owner: 'jonas@laptop', reason: 'the database moves to its new cluster; orders are paused meanwhile', since: at(25 * 60), until: new Date(Date.now() + 95 * 60_000).toISOString() };
const TARGETS: readonly TargetView[] = [STAGING, PRODUCTION, target('partners-in-eu-central-1', { kind: 'git', promoted: promotedOf(OLD, 3 * DAY), lock: LOCK, current: { ...(HISTORY[2] as Release), target: 'partners-in-eu-central-1' } }), target('archive', { kind: 'none', requires: [] })];

const proof = (stage: string, more: Partial<StageProof> = {}): StageProof => ({ stage, run: '20261121-1040-4af1', tests: 63, failures: 0, skipped: 1, seconds: 21.4, time: at(3 * HOUR), where: 'ci (main, build 8814)', ...more });
const proven = (...requirements: readonly string[]) => requirements.map((requirement) => ({ requirement, met: true, proof: proof(requirement.split(' ')[0] ?? '') }));
const lacking = (...requirements: readonly string[]) => requirements.map((requirement) => ({ requirement, met: false }));
const image = (revision: string) => ({ image: `${REPOSITORY}@${digest(revision.slice(0, 4))}`, digest: digest(revision.slice(0, 4)) });
const bare = ({ deploy: _, kpi: __, ...rest }: Release) => rest;

const PATHS: readonly RevisionPath[] = [
  { revision: HEAD, subject: 'Take vouchers into account when the basket is emptied and filled again', author: 'Mira', time: at(600), checkedOut: true, dirty: true, evidence: [...proven('unit'), ...lacking('integration', 'smoke on staging')], image: `${REPOSITORY}:${HEAD}`, serves: [] },
  { revision: NEW, subject: 'Show delivery times on the start page', author: 'Jonas', time: at(40 * 60), checkedOut: false, ...image(NEW), evidence: proven('unit', 'integration', 'smoke on staging'), promoted: { who: 'mira@workbench', time: at(40 * 60) }, serves: ['staging'] },
  { revision: NOW, subject: 'Round every price to the cent once', author: 'Mira', time: at(26 * HOUR), checkedOut: false, ...image(NOW), evidence: proven('unit', 'integration', 'smoke on staging'), promoted: { who: 'ci (main, build 8809)', time: at(27 * HOUR) }, released: bare(CURRENT as Release), serves: ['production'] },
  { revision: BAD, subject: 'Ask the new search for everything', author: 'Ann', time: at(27 * HOUR), checkedOut: false, ...image(BAD), evidence: [...proven('unit'), ...lacking('integration'), ...proven('smoke on staging')], promoted: { who: 'ann@workbench', time: at(28 * HOUR), override: 'integration is down for the move, agreed with Sam' }, released: bare(HISTORY[1] as Release), serves: [] },
  { revision: OLD, subject: 'Add the table of delivery times', author: 'Jonas', time: at(4 * DAY), checkedOut: false, ...image(OLD), evidence: proven('unit', 'integration', 'smoke on staging'), promoted: { who: 'jonas@laptop', time: at(4 * DAY) }, released: bare(HISTORY[2] as Release), serves: ['partners-in-eu-central-1'] },
  { revision: OLDEST, time: at(6 * DAY), checkedOut: false, evidence: lacking('unit', 'integration', 'smoke on staging'), promoted: { who: 'ci (main, build 8790)', time: at(6 * DAY) }, released: bare(HISTORY[3] as Release), serves: [] },
];

const CONDITIONS: readonly Condition[] = [
  { id: 'image', met: true, text: `registry.example:5000/shop/storefront:${HEAD} is ${digest('9f3c')}` },
  { id: 'stage:unit', met: true, text: 'unit passed on this image: run 20261121-1040-4af1, by mira@workbench' },
  { id: 'stage:integration', met: true, text: 'integration passed on this image: run 20261121-1040-4af1, by ci (main, build 8814)' },
  { id: 'stage:smoke@staging', met: true, text: 'smoke on staging passed on this image: run rel-m3y0aa-abcdef, by mira@workbench' },
  { id: 'clean', met: true, text: 'The checkout is what was committed' },
  { id: 'pushed', met: true, text: 'The revision is on its remote' },
  { id: 'platform', met: true, text: 'The image is for linux/amd64' },
];
const UNMET: Readonly<Record<string, readonly [string, string]>> = {
  'stage:integration': ['There is no evidence that integration passed on exactly this image; evidence that is there does not count: it is signed with the key 51aa07be, which is not trusted here', 'Run it: backlot run integration'],
  'stage:smoke@staging': ['There is no evidence that smoke on staging passed on exactly this image', 'Deploy this image there first: backlot deploy staging'],
  clean: ['The checkout differs from its commit in 3 files', 'Commit the changes, then run the stages on that.'],
  pushed: [`The revision ${HEAD.slice(0, 12)} is on no branch of its remote`, 'Push it: git push, or git push -u origin HEAD for a new branch'],
};
const REFUSING = CONDITIONS.map((condition): Condition => {
  const [text, fix] = UNMET[condition.id] ?? [];
  return text === undefined || fix === undefined ? condition : { ...condition, met: false, text, fix };
});

const candidate = ({ release: id, revision, digest: of, started, ended, who, state, faulty = false }: Release, more: Partial<Candidate> = {}): Candidate => ({ release: id, revision, digest: of, released: ended ?? started, who, verdict: state, faulty, available: true, dataBetween: [], isDefault: false, ...more });
const CANDIDATES: readonly Candidate[] = [candidate(HISTORY[2] as Release), candidate(HISTORY[3] as Release, { isDefault: true, dataBetween: [OLD] }), candidate(HISTORY[4] as Release, { dataBetween: [OLD] }), candidate({ ...(HISTORY[5] as Release), revision: sha('84be02c1'), state: 'pass' }, { available: false, dataBetween: [OLD] })];

const EVIDENCE: Evidence = {
  schema: 1,
  image: `${REPOSITORY}@${digest('41d0')}`,
  digest: digest('41d0'),
  revision: NEW,
  dirty: false,
  platforms: ['linux/amd64'],
  stages: [proof('unit', { tests: 212, seconds: 6.4 }), proof('integration'), proof('smoke', { on: 'staging', tests: 0, seconds: 4.1, where: 'mira@workbench' })],
  attestations: [{ digest: digest('a1b2'), state: 'trusted', key: '7fe21c09', stages: [proof('unit'), proof('integration')] }, { digest: digest('c3d4'), state: 'invalid', problem: 'Its signature does not fit its content: a byte of it was changed', stages: [] }, { state: 'local', stages: [proof('unit')] }],
  verified: false,
};

type News = OperationEvent extends infer Event ? (Event extends OperationEvent ? Omit<Event, 'time' | 'sequence'> : never) : never;
const events = (operation: string, method: string, news: readonly (readonly [number, News])[]): readonly OperationEvent[] => [{ type: 'started', time: at(48), sequence: 1, operation, method }, ...news.map(([ago, one], index) => ({ ...one, time: at(ago), sequence: index + 2 }) as OperationEvent)];
const instance = (name: string, state: 'waiting' | 'starting' | 'running' | 'draining' | 'done' | 'failed' | 'returned', why?: string): News => ({ type: 'instance', target: 'production', instance: name, state, revision: NEW, previous: NOW, ...(why !== undefined && { why }) });
const says = (text: string, level: 'info' | 'warning' = 'info'): News => ({ type: 'message', level, text });
const wave = (index: number) => Math.abs(Math.sin(index * 12.9898) * 43_758.5453) % 1;
const reading = (check: string, index: number, more: { readonly value: number; readonly bound: string; readonly limit?: number; readonly side?: 'max' | 'min'; readonly state?: 'ok' | 'over' | 'unknown'; readonly why?: string; readonly previous?: number; readonly previousIn?: 'the same window' | 'before the roll' }): readonly [number, News] => [40 - index / 2, { type: 'kpi', target: 'production', check, state: 'ok', samples: index + 1, ...more }];

const READINGS = Array.from({ length: 64 }, (_, index) => [
  reading('start page', index, { value: Math.round(172 + wave(index) * 40 + index * 0.6), bound: 'p95 at most 300ms', limit: 300, side: 'max', previous: 176.2 }),
  reading('error rate', index, { value: Math.round((0.05 + wave(index + 7) * 0.3) * 100) / 100, bound: 'at most 1%', limit: 1, side: 'max', previous: 0.11 }),
  reading('orders per minute', index, { value: Math.round(44 - index / 16 + wave(index + 3) * 6), bound: 'at least 0.8 of the release before', limit: 37.6, side: 'min', previous: 47, previousIn: 'the same window' }),
]).flat();
const OVER = [57, 58, 59, 60, 61].map((index, place) => reading('error rate', index, { value: [1.4, 2.9, 5.2, 6.1, 6.8][place] ?? 0, bound: 'at most 1%', limit: 1, side: 'max', state: 'over', why: '6.8 is more than 1', previous: 0.11 }));
const ROLL: readonly (readonly [number, News])[] = [
  [47, says(`mira@workbench deploys ${NEW.slice(0, 12)} to production`)],
  [46, instance('green', 'starting', 'waits for its port')],
  [44, says('green: listens on 8080 after 1.9 s')],
  [43, instance('green', 'running', 'gets 5 % of the traffic')],
  [43, instance('blue', 'draining', '95 % of the traffic, 214 connections')],
  [42, { type: 'kpi', target: 'production', check: 'checkout of a guest', state: 'unknown', bound: 'answers', samples: 0, why: 'no reading yet' }],
  ...READINGS,
  [20, says('25 % of the traffic')],
  [12, says('Slack was not told: it answered 503', 'warning')],
  [8, instance('green', 'running', 'gets 50 % of the traffic')],
  [8, instance('blue', 'draining', '50 % of the traffic, 98 connections')],
];
const SWARM: readonly (readonly [number, News])[] = [
  [47, says('Updates 12 replicas by 3 at a time')],
  ...Array.from({ length: 12 }, (_, index): readonly [number, News] => [40, instance(`shop_storefront.${index + 1}`, index < 5 ? 'done' : index < 7 ? 'running' : index === 7 ? 'failed' : index === 8 ? 'starting' : 'waiting', index === 7 ? 'it ended with exit code 137' : undefined)]),
  ...READINGS.slice(0, 60),
  [3, { type: 'stage', stage: 'smoke', run: 'rel-m4', state: 'running' }],
];
const FAILED_RESULT: OperationEvent = { type: 'result', time: at(2), sequence: 999, ok: false, error: { code: 'deploy-failed', message: `${NEW.slice(0, 12)} failed on production: error rate: 6.8 is more than 1`, fix: `${NOW.slice(0, 12)} serves again.` } };

export const RELEASE_EVENTS: Readonly<Record<string, readonly OperationEvent[]>> = {
  'op-40': events('op-40', 'releases.deploy', ROLL),
  'op-41': [...events('op-41', 'releases.deploy', [...ROLL, ...OVER, [3, says(`Goes back to ${NOW.slice(0, 12)}`, 'warning')], [2, instance('green', 'failed', 'gave its traffic back')], [2, instance('blue', 'returned', 'serves all')]]), FAILED_RESULT],
  'op-43': events('op-43', 'releases.deploy', [...ROLL, [3, { type: 'question', target: 'production', release: 'rel-m4', revision: NEW, text: `Whether ${NEW.slice(0, 12)} is well could not be told: checkout of a guest: only 1 of 3 readings: the metrics server did not answer`, answers: ['continue', 'rollback', 'abort'], until: new Date(Date.now() + 3_580_000).toISOString() }]]),
  'op-42': events('op-42', 'releases.deploy', SWARM),
};

const operation = (id: string, more: Partial<OperationSummary> = {}): OperationSummary => ({ id, method: 'releases.deploy', directory: DIRECTORY, about: 'production', state: 'running', started: at(48), owner: 'this app', ...more });
const having = (...operations: readonly OperationSummary[]): Answers => ({ 'project.load': () => RELEASE_PROJECT, 'operations.list': () => ({ operations }) });
/** What is said does not arrive; how often is counted where a test can see it. */
const unheard = () => {
  Object.assign(window, { unheard: ((window as { readonly unheard?: number }).unheard ?? 0) + 1 });
  throw new BacklotError('connection-lost', 'The connection to Backlot was lost');
};
const broken = () => { throw new BacklotError('registry-failed', 'registry.example:5000 does not answer: connect ECONNREFUSED 10.0.0.12:5000', { fix: 'See whether it runs, and whether a VPN is needed to reach it.' }); };

/** What the double answers about releases where a scenario says nothing else. */
export const RELEASE_ANSWERS: Answers = {
  'releases.targets': () => ({ schema: 1, targets: TARGETS }),
  'releases.list': () => ({ schema: 1, releases: HISTORY }),
  'releases.revisions': (input) => ({ schema: 1, target: String(input['target']), revisions: PATHS }),
  'releases.check': (input) => ({ schema: 1, target: String(input['target']), image: REPOSITORY, revision: HEAD, conditions: REFUSING }),
  'releases.candidates': (input) => ({ schema: 1, target: String(input['target']), candidates: CANDIDATES }),
  'releases.log': (input) => ({ schema: 1, release: String(input['release']), lines: [`${at(900)} green starting`, `${at(897)} green: listens on 8080 after 1.9 s`, '… 412 lines are left out …', `${at(800)} orders per minute unknown: the metrics server did not answer`, `${at(790)} warning: Slack was not told: it answered 503`] }),
  'releases.remove': () => ({ id: 'op-10' }),
  'releases.evidence': () => EVIDENCE,
  'releases.promote': () => ({ id: 'op-10' }),
  'releases.deploy': () => ({ id: 'op-40' }),
  'releases.rollback': () => ({ id: 'op-40' }),
  'releases.lock': () => ({ id: 'op-10' }),
  'releases.unlock': () => ({ id: 'op-10' }),
};

/** States of the page of releases. */
export const RELEASE_SCENARIOS: Readonly<Record<string, Answers>> = {
  releases: having(),
  releasesgreen: { ...having(), 'releases.check': (input) => ({ schema: 1, target: String(input['target']), image: REPOSITORY, revision: HEAD, conditions: CONDITIONS }) },
  releasesnone: { 'project.load': () => ({ ...PROJECT, targets: [] }), 'releases.targets': () => ({ schema: 1, targets: [] }) },
  releasesfirst: { ...having(), 'releases.targets': () => ({ schema: 1, targets: [target('staging', {})] }), 'releases.list': () => ({ schema: 1, releases: [] }), 'releases.revisions': (input) => ({ schema: 1, target: String(input['target']), revisions: PATHS.slice(0, 1) }), 'releases.candidates': (input) => ({ schema: 1, target: String(input['target']), candidates: [] }) },
  releasesroll: having(operation('op-40')),
  releasesswarm: having(operation('op-42')),
  releasesasks: having(operation('op-43')),
  releasesdeaf: { ...having(operation('op-43')), 'operations.answer': unheard, 'operations.cancel': unheard },
  releasesfailed: having(operation('op-41', { state: 'failed', ended: at(2), error: FAILED_RESULT.type === 'result' ? FAILED_RESULT.error : undefined })),
  releasesinterrupted: {
    ...having(),
    'releases.targets': () => ({ schema: 1, targets: TARGETS.map((one) => (one.name === 'production' ? { ...one, interrupted: { release: HISTORY[0]?.release ?? '', revision: NEW, who: 'mira@workbench', started: at(900) } } : one)) }),
    'releases.list': () => ({ schema: 1, releases: HISTORY.map((one, index) => (index === 0 ? { ...one, state: 'interrupted' } : one)) }),
  },
  releasesloading: { ...having(), 'releases.targets': (_, signal) => never(signal) },
  releasesdown: { ...having(), 'releases.targets': () => ({ schema: 1, targets: [target('staging', { problem: 'registry.example:5000 does not answer: connect ECONNREFUSED 10.0.0.12:5000' })] }), 'releases.list': broken, 'releases.revisions': broken },
  releasesbroken: { ...having(), 'releases.targets': broken, 'releases.check': broken },
};
