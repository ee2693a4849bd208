import { BacklotError } from '#contract/errors.ts';
import type { Fixture, RuleFault } from '#contract/fixtures.ts';
import type { OperationEvent, OperationSummary } from '#contract/operations.ts';
import { never, type Answers } from './double.ts';
import { DIRECTORY, PROJECT } from './project.ts';

const at = (secondsAgo: number) => new Date(Date.now() - secondsAgo * 1000).toISOString();
const digest = (seed: string) => `sha256:${seed.padEnd(64, '7c1e94b2a05d')}`;

const CATALOGUE: Fixture = {
  schema: 1,
  name: 'catalogue',
  digest: digest('4a5b0c1d2e3f'),
  created: at(3 * 3600),
  bytes: 1_284_000_000,
  services: [
    { service: 'db', engine: 'postgres', version: '15.8', databases: [{ name: 'shop', tables: 34, rows: 5_204_118 }, { name: 'billing', tables: 12, rows: 811_402 }], bytes: 1_102_000_000, digest: digest('d1') },
    { service: 'mongodb-cluster-a-node-1', engine: 'mongodb', version: '7.0.14', databases: [{ name: 'orders', tables: 4, rows: 402_118 }], bytes: 182_000_000, digest: digest('d2') },
  ],
  coverage: { columns: 412, protected: 87 },
  rules: digest('e5'),
  key: '9f3c1ab2',
  tables: ['customers', 'orders', 'order_lines', 'products', 'product_images', 'reviews', 'addresses', 'payments', 'refunds', 'sessions', 'audit_log', 'vouchers'].map((table, index) => ({ service: 'db', table: `shop.public.${table}`, before: 90_412 * (index + 1), after: table === 'sessions' ? 0 : Math.round(90_412 * (index + 1) * 0.01) })),
  checks: [
    { id: 'coverage', service: 'db', status: 'passed', detail: '412 columns have a rule, 87 of them are protected' },
    { id: 'constraints', service: 'db', status: 'passed', detail: 'all hold' },
    { id: 'originals', service: 'db', status: 'passed', detail: '1,204,331 originals were searched in 6,015,520 rows; none is there' },
    { id: 'stored-bytes', service: 'db', status: 'passed', detail: '1,204,331 originals were searched in 1,102,004,224 bytes; none is there' },
    { id: 'personal-data', service: 'db', status: 'passed', detail: 'none, but look at shop.public.products.description (2 of 200)' },
    { id: 'signature', status: 'skipped', detail: 'not signed' },
  ],
  verified: true,
  load: { tier: 'overlay', seconds: 0.28 },
};

const OLDER: Fixture = { ...CATALOGUE, digest: digest('b77fe1'), created: at(9 * 86_400), bytes: 1_190_000_000 };
const PULLED: Fixture = { ...CATALOGUE, name: 'black-friday-2025-peak-traffic', digest: digest('cc02'), created: at(41 * 86_400), bytes: 402_000_000, services: [{ service: 'db', engine: 'postgres', version: '14.12', databases: [{ name: 'shop', tables: 34, rows: 5_204_118 }], bytes: 402_000_000, digest: digest('d3') }], checks: CATALOGUE.checks.map((check) => (check.id === 'signature' ? { ...check, status: 'passed', detail: 'signed with key 11ad' } : check)) };

const operation = (id: string, method: string, more: Partial<OperationSummary>): OperationSummary => ({ id, method, directory: DIRECTORY, about: 'catalogue', state: 'running', started: at(41), owner: 'this app', ...more });

type Progress = Extract<OperationEvent, { type: 'progress' }>;
const progress = (sequence: number, phase: string, about: string, more: Pick<Progress, 'done' | 'unit'> & Partial<Progress>): OperationEvent => ({ type: 'progress', time: at(41 - sequence * 3), sequence, phase, about, ...more });

const CAPTURING: readonly OperationEvent[] = [
  { type: 'started', time: at(41), sequence: 1, operation: 'op-20', method: 'fixtures.capture' },
  progress(2, 'read', 'dumps/shop.dump', { done: 0, total: 689_000_000, unit: 'bytes' }),
  progress(3, 'read', 'dumps/shop.dump', { done: 689_000_000, total: 689_000_000, unit: 'bytes', ended: true }),
  progress(4, 'rows', 'shop.public.customers', { done: 0, unit: 'rows' }),
  progress(5, 'rows', 'shop.public.customers', { done: 904_120, bytes: 171_000_000, unit: 'rows', ended: true }),
  progress(6, 'rows', 'shop.public.orders', { done: 1_804_200, bytes: 140_000_000, unit: 'rows', ended: true }),
  progress(7, 'rows', 'shop.public.order_lines', { done: 402_300, total: 2_402_118, bytes: 31_000_000, unit: 'rows' }),
  progress(8, 'rows', 'shop.public.products', { done: 12_004, total: 93_562, bytes: 2_100_000, unit: 'rows' }),
  progress(9, 'verify', 'db', { done: 383_000_000, total: 1_102_000_000, unit: 'bytes' }),
  { type: 'message', time: at(4), sequence: 10, level: 'info', text: 'the source has the extension pg_stat_statements, which the image has not: it is left out' },
];

const FAULTS: readonly RuleFault[] = [
  ...(['phone', 'birthday', 'vat_number'] as const).map((column): RuleFault => ({ service: 'db', place: `shop.public.customers.${column}`, fault: 'uncovered', message: `shop.public.customers.${column} has no rule (its type is ${column === 'birthday' ? 'date' : 'text'})`, proposal: { phone: 'phone: { phone: {} }', birthday: 'birthday: { date: { shift: 30d } }', vat_number: 'vat_number: { pseudonym: { format: keep } }' }[column] })),
  { service: 'db', place: 'shop.public.customers.email', fault: 'misfit', message: 'shop.public.customers.email must stay unique, and { pick: [a@example.test] } would give some values twice (fixtures/shop.rules.yaml:9)', proposal: 'email: { email: {} }' },
  { service: 'db', place: 'shop.public.loyalty_cards', fault: 'uncovered', message: 'shop.public.loyalty_cards has no rules (4 columns)', proposal: 'loyalty_cards: { id: keep, customer: keep, number: { card: {} }, issued: { date: { shift: 30d } } }' },
  { service: 'db', place: 'customers.fax', fault: 'unknown', message: 'customers has no column fax (fixtures/shop.rules.yaml:14)' },
];

const RULES_ERROR = { code: 'rules-incomplete' as const, message: '6 places are not covered by fixtures/shop.rules.yaml: shop.public.customers.phone has no rule (its type is text)', where: { file: `${DIRECTORY}/fixtures/shop.rules.yaml` } };
const ended = (id: string, method: string, result: Partial<Extract<OperationEvent, { type: 'result' }>>): readonly OperationEvent[] => [
  { type: 'started', time: at(41), sequence: 1, operation: id, method },
  { type: 'result', time: at(38), sequence: 2, ok: false, ...result },
];
const TAMPERED = { code: 'fixture-unverified' as const, message: 'The stored data of db is not what was verified: it was changed since', fix: 'Capture or pull the fixture again.' };

/** Events of the operations on fixtures that the scenarios list. */
export const FIXTURE_EVENTS: Readonly<Record<string, readonly OperationEvent[]>> = {
  'op-20': CAPTURING,
  'op-21': ended('op-21', 'fixtures.capture', { error: RULES_ERROR, value: { faults: FAULTS } }),
  'op-22': ended('op-22', 'fixtures.verify', { error: TAMPERED }),
  'op-23': ended('op-23', 'fixtures.capture', { ok: true, value: { proposed: [`${DIRECTORY}/fixtures/shop.rules.yaml`] } }),
};

const customers = (row: number) => [`${row}`, `k.${['osterberg', 'nakamura', 'oyelaran', 'petrenko', 'dubois'][row - 1]}@mail.example`, ['Karin Österberg', 'Kenji Nakamura', 'Kemi Oyelaran', 'Kyrylo Petrenko', 'Claire Dubois'][row - 1] ?? '', row === 3 ? null : `+46 70 ${412_008 + row * 77}`, '1984-03-1' + row, 'DE89370400440532013000', row % 2 ? 'Called twice about the delivery to Storgatan 12; her daughter opened the door and asked to leave the parcel with the neighbour, Mr Lindqvist.' : '', '{"newsletter": true, "phone": "+46 70 412 0085", "tags": ["gold", "b2c"]}', 'gold'];
const masked = (row: number) => [`${row}`, `u${(row * 7919).toString(16)}f2@example.test`, ['Maja Lund', 'Noah Berger', 'Ida Kowalska', 'Theo Martin', 'Lea Novak'][row - 1] ?? '', row === 3 ? null : `+46 91 ${880_114 + row * 31}`, '1984-02-2' + row, 'DE61500105178812900416', row % 2 ? 'Xxxxxx xxxxx xxxxx xxx xxxxxxxx xx Xxxxxxxxx 00; xxx xxxxxxxx xxxxxx xxx xxxx xxx xxxxx xx xxxxx xxx xxxxxx xxxx xxx xxxxxxxxx, Xx Xxxxxxxxx.' : '', '{"newsletter": true, "phone": "+46 91 880 1144", "tags": ["gold", "b2c"]}', 'gold'];
const RULES = ['keep', '{ email: {} }', '{ person: full }', '{ phone: {} }', '{ date: { shift: 30d } }', '{ iban: {} }', '{ text: redact }', '{ json: { "$.phone": { phone: {} }, "*": keep } }', 'keep'];
const NAMES = ['id', 'email', 'name', 'phone', 'birthday', 'iban', 'notes', 'metadata', 'tier'];
const rows = [1, 2, 3, 4, 5];

const PREVIEW = {
  tables: [
    { service: 'db', table: 'shop.public.customers', columns: NAMES.map((name, index) => ({ name, rule: RULES[index] ?? 'keep' })), before: rows.map(customers), after: rows.map(masked) },
    ...['addresses', 'orders', 'order_lines_with_a_rather_long_name', 'products', 'reviews'].map((name) => ({ service: 'db', table: `shop.public.${name}`, columns: [{ name: 'id', rule: 'keep' }, { name: 'note', rule: '{ text: redact }' }], before: [['1', 'ring twice']], after: [['1', 'xxxx xxxxx']] })),
    { service: 'mongodb-cluster-a-node-1', table: 'orders.carts', columns: [{ name: '_id', rule: 'keep' }], before: [], after: [] },
  ],
};

const shown = (name: string, of: string) => ({ name, digest: of });
const SET_PROJECT = { ...PROJECT, fixtures: ['catalogue', 'empty-shop'], sets: PROJECT.sets.map((set) => ({ ...set, fixture: 'catalogue' })) };
const listing = (...fixtures: readonly Fixture[]): Answers => ({ 'project.load': () => SET_PROJECT, 'fixtures.list': () => ({ schema: 1, fixtures }) });
const running = (...operations: readonly OperationSummary[]): Answers => ({ 'operations.list': () => ({ operations }) });

/** What the double answers about fixtures where a scenario says nothing else. */
export const FIXTURE_ANSWERS: Answers = {
  'fixtures.list': () => ({ schema: 1, fixtures: [CATALOGUE, OLDER, PULLED] }),
  'fixtures.inspect': () => CATALOGUE,
  'fixtures.loaded': () => ({
    schema: 1,
    set: 'minimal',
    services: [{ service: 'db', tier: 'overlay', fixture: shown('catalogue', CATALOGUE.digest), former: { fixture: shown('catalogue', OLDER.digest) } }],
  }),
  'fixtures.preview': () => PREVIEW,
  'fixtures.capture': () => ({ id: 'op-20' }),
  'fixtures.verify': () => ({ id: 'op-22' }),
  'fixtures.load': () => ({ id: 'op-10' }),
  'fixtures.reset': () => ({ id: 'op-10' }),
  'fixtures.push': () => ({ id: 'op-10' }),
  'fixtures.pull': () => ({ id: 'op-10' }),
  'fixtures.remove': () => ({ id: 'op-10' }),
};

/** States of the page of fixtures. */
export const FIXTURE_SCENARIOS: Readonly<Record<string, Answers>> = {
  fixtures: listing(CATALOGUE, OLDER, PULLED),
  fixturesempty: { 'project.load': () => ({ ...PROJECT, fixtures: [] }), 'fixtures.list': () => ({ schema: 1, fixtures: [] }), 'fixtures.loaded': () => ({ schema: 1, set: 'minimal', services: [] }) },
  fixturesfirst: { ...listing(), 'fixtures.loaded': () => ({ schema: 1, set: 'minimal', services: [] }), ...running(operation('op-23', 'fixtures.capture', { state: 'done', ended: at(38) })) },
  fixturesloading: { ...listing(), 'fixtures.list': (_, signal) => never(signal), 'fixtures.loaded': (_, signal) => never(signal), 'fixtures.preview': (_, signal) => never(signal) },
  capturing: { ...listing(CATALOGUE, OLDER, PULLED), ...running(operation('op-20', 'fixtures.capture', {})) },
  faults: { ...listing(CATALOGUE, OLDER, PULLED), ...running(operation('op-21', 'fixtures.capture', { state: 'failed', ended: at(38), error: RULES_ERROR })) },
  previewfaults: { ...listing(CATALOGUE, OLDER, PULLED), 'fixtures.preview': () => { throw new BacklotError('rules-incomplete', RULES_ERROR.message, { ...RULES_ERROR, result: { faults: FAULTS } }); } },
  previewnorules: { ...listing(CATALOGUE, OLDER, PULLED), 'fixtures.preview': () => { throw new BacklotError('rules-incomplete', 'There are no rules for db: fixtures/shop.rules.yaml does not exist', { fix: 'backlot fixture capture catalogue --propose writes a first file to review.' }); } },
  unverified: { ...listing(CATALOGUE, OLDER, PULLED), ...running(operation('op-22', 'fixtures.verify', { state: 'failed', ended: at(38), error: TAMPERED })) },
  fixturesdown: {
    ...listing(),
    'fixtures.list': () => { throw new BacklotError('state-unusable', 'The folder of the fixtures cannot be read: permission denied', { fix: 'Give yourself the right to read ~/.local/share/backlot/fixtures' }); },
    'fixtures.loaded': () => { throw new BacklotError('engine-unreachable', 'connect ENOENT /var/run/docker.sock', { fix: 'Start Docker, then it connects by itself: sudo systemctl start docker' }); },
  },
};
