import type { ListedFixture } from '#contract/fixtures.ts';
import { formatAge, formatBytes } from '../quantity.ts';
import type { Screen } from '../screen.ts';
import { layOutTable } from '../table.ts';
import { driftWords, shortDigest } from './fixture.ts';

type Listed = { readonly fixtures: readonly ListedFixture[] };

/** The stored fixtures, newest first, then what is wrong with some of them. */
export function show({ fixtures }: Listed, screen: Screen): string {
  const { clean, paint, symbols } = screen;
  if (fixtures.length === 0) return `No fixture is stored yet\n  ${paint.bold('backlot fixture capture NAME')} makes one, ${paint.bold('backlot fixture pull REF')} gets one\n`;
  const drifts = fixtures.some(({ drift }) => drift !== undefined);
  const rows = fixtures.map((fixture) => ({
    cells: [
      `${fixture.verified ? paint.green(symbols.good) : paint.red(symbols.bad)} ${clean(fixture.name)}`,
      shortDigest(fixture.digest),
      isUnread(fixture) ? '' : formatBytes(fixture.bytes),
      formatAge(fixture.created),
      clean(fixture.services.map(({ service, engine, version }) => `${service}: ${engine} ${version}`).join(', ')),
      isUnread(fixture) ? '' : `${fixture.coverage.protected} of ${fixture.coverage.columns}`,
      fixture.load ? `${fixture.load.tier} ${fixture.load.seconds.toFixed(1)} s` : '',
      ...(drifts ? [fixture.drift ? paint.yellow(clean(driftWords(fixture.drift))) : ''] : []),
    ],
  }));
  const table = layOutTable([{ title: '  NAME' }, { title: 'DIGEST' }, { title: 'SIZE', align: 'right' }, { title: 'AGE', align: 'right' }, { title: 'DATA', yields: true }, { title: 'PROTECTED' }, { title: 'LOAD' }, ...(drifts ? [{ title: 'DRIFT' }] : [])], rows, screen);
  return `${table}${fixtures.map((fixture) => showProblem(fixture, screen)).join('')}`;
}

/** Nothing is known of a fixture whose manifest is not believed. */
const isUnread = ({ problem }: ListedFixture) => problem?.kind === 'manifest';

function showProblem({ name, digest, problem }: ListedFixture, { clean, paint, symbols }: Screen): string {
  if (!problem) return '';
  return `${paint.red(symbols.bad)} ${clean(name)} ${shortDigest(digest)}: ${clean(problem.message)}\n  ${paint.bold('fix:')} ${clean(problem.fix)}\n`;
}
