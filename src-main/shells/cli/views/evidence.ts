import { EXIT } from '#contract/errors.ts';
import type { Attestation, Evidence } from '#contract/releases.ts';
import { count, formatAge, formatSeconds } from '../quantity.ts';
import type { Screen } from '../screen.ts';
import { layOutTable } from '../table.ts';

/** What passed on an image, and which evidence says so. */
export function show(evidence: Evidence, screen: Screen): string {
  const { paint, clean, symbols } = screen;
  const { image, digest, revision, dirty, platforms, stages, attestations, verified } = evidence;
  const head = [`${paint.bold(clean(image))}  ${paint.dim(digest)}`, `  ${revision === undefined ? 'of no known revision' : `revision ${clean(revision)}${dirty ? ', from a dirty checkout' : ''}`}; ${clean(platforms.join(', ') || 'no known platform')}`];
  const rows = stages.map((one) => ({ cells: [`${paint.green(symbols.good)} ${clean(one.stage)}${one.on === undefined ? '' : ` on ${clean(one.on)}`}`, `${one.tests}`, formatSeconds(one.seconds), formatAge(one.time), clean(one.where), clean(one.run)] }));
  const table = rows.length === 0 ? '  Nothing is known to have passed on it\n' : layOutTable([{ title: '  STAGE' }, { title: 'TESTS', align: 'right' }, { title: 'TOOK', align: 'right' }, { title: 'AGE', align: 'right' }, { title: 'BY', yields: true }, { title: 'RUN' }], rows, screen);
  const foot = attestations.map((one) => `${showAttestation(one, screen)}\n`).join('');
  const verdict = verified ? `${paint.green(symbols.good)} The evidence in the registry verifies\n` : attestations.some(({ state }) => state === 'invalid') ? `${paint.red(symbols.bad)} There is evidence that does not verify\n` : '';
  return `${head.join('\n')}\n${table}${foot}${verdict}`;
}

export function exitCode({ attestations }: Evidence): number {
  return attestations.some(({ state }) => state === 'invalid') ? EXIT.refused : EXIT.done;
}

function showAttestation({ state, digest, key, problem, stages }: Attestation, { paint, symbols, clean }: Screen): string {
  const mark = { trusted: paint.green(symbols.good), foreign: paint.yellow(symbols.idle), invalid: paint.red(symbols.bad), local: paint.dim(symbols.idle) }[state];
  const what = { trusted: `signed with key ${key ?? ''}`, foreign: `signed with key ${key ?? ''}`, invalid: 'does not count', local: 'known on this machine only, not signed' }[state];
  return `${mark} ${digest?.slice(0, 19) ?? 'not in the registry'}: ${clean(what)}${problem === undefined ? `, ${count(stages.length, 'stage')}` : `. ${clean(problem)}`}`;
}
