import type { Fixture, FixtureCheck, ListedFixture } from '#contract/fixtures.ts';
import { count, formatAge, formatBytes } from '../quantity.ts';
import type { Screen } from '../screen.ts';
import { layOutTable } from '../table.ts';

/** One fixture with its bill of health. */
export function show(fixture: ListedFixture, screen: Screen): string {
  const { clean, paint, symbols } = screen;
  const { name, digest, bytes, created, services, coverage, load } = fixture;
  const lines = [
    `${paint.bold(clean(name))}  ${formatBytes(bytes)}, captured ${formatAge(created)} ago  ${paint.dim(digest)}`,
    ...services.map(({ service, engine, version, databases }) => `  ${clean(service)}: ${engine} ${clean(version)}, ${databases.map((database) => `${clean(database.name)} with ${count(database.tables, 'table')} and ${count(database.rows, 'row')}`).join(', ')}`),
    `  ${count(coverage.columns, 'column')} with a rule, ${coverage.protected} of them protected; key ${clean(fixture.key)}`,
    ...(load ? [`  loads by ${load.tier} in about ${load.seconds.toFixed(1)} s`] : []),
    ...(fixture.drift ?? []).map(({ service, came, gone }) => paint.yellow(`  ${clean(service)}: ${clean([...named('came since', came), ...named('gone since', gone)].join('; '))}`)),
    ...(fixture.problem ? [`${paint.red(symbols.bad)} ${clean(fixture.problem.message)}`, `  ${paint.bold('fix:')} ${clean(fixture.problem.fix)}`] : []),
    '',
    ...fixture.checks.map((check) => showCheck(check, screen)),
  ];
  return `${lines.join('\n')}\n${showRows(fixture, screen)}`;
}

/** How many migrations came or went since a fixture was captured. */
export function driftWords(drift: NonNullable<Fixture['drift']>): string {
  const sum = (pick: 'came' | 'gone') => drift.reduce((total, one) => total + one[pick].length, 0);
  const words = [...(sum('came') > 0 ? [`${count(sum('came'), 'migration')} behind`] : []), ...(sum('gone') > 0 ? [`${count(sum('gone'), 'migration')} ahead`] : [])];
  return words.join(', ');
}

const MOST_NAMED = 10;
/** Tables without a row that are shown one by one. */
const MOST_EMPTY = 10;

function named(what: string, names: readonly string[]): string[] {
  return names.length === 0 ? [] : [`${count(names.length, 'migration')} ${what} (${names.slice(0, MOST_NAMED).join(', ')}${names.length > MOST_NAMED ? ', …' : ''})`];
}

/** Digests by which people tell captures apart. */
export function shortDigest(digest: string): string {
  return digest.replace(/^sha256:/, '').slice(0, 12);
}

function showCheck({ id, service, status, detail }: FixtureCheck, { paint, symbols, clean }: Screen): string {
  const marks = { passed: paint.green(symbols.good), failed: paint.red(symbols.bad), skipped: paint.dim(symbols.idle) };
  return `${marks[status]} ${paint.bold(id)}${service === undefined ? '' : ` of ${clean(service)}`}: ${clean(detail)}`;
}

function showRows({ tables }: Fixture, screen: Screen): string {
  if (tables.length === 0) return '';
  const empty = tables.filter(({ before, after }) => before === 0 && after === 0);
  const shown = empty.length > MOST_EMPTY ? tables.filter((table) => !empty.includes(table)) : tables;
  const rows = shown.map(({ service, table, before, after }) => ({ cells: [screen.clean(`${service} ${table}`), String(before), String(after)] }));
  const listed = rows.length === 0 ? '' : layOutTable([{ title: 'TABLE', yields: true }, { title: 'ROWS BEFORE', align: 'right' }, { title: 'AFTER', align: 'right' }], rows, screen);
  return `\n${listed}${shown === tables ? '' : `${screen.paint.dim(`${count(empty.length, 'table')} without a row`)}\n`}`;
}
