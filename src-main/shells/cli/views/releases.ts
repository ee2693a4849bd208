import type { Release, RevisionPath } from '#contract/releases.ts';
import { formatAge } from '../quantity.ts';
import type { Screen } from '../screen.ts';
import { layOutTable } from '../table.ts';
import { verdictOf } from './verdict.ts';

type Shown = { readonly releases: readonly Release[] } | { readonly target: string; readonly revisions: readonly RevisionPath[] };

/** The history of releases, or how far each revision is on its way to a target. */
export function show(shown: Shown, screen: Screen): string {
  return 'revisions' in shown ? showPath(shown.revisions, screen) : showHistory(shown.releases, screen);
}

function showHistory(releases: readonly Release[], screen: Screen): string {
  const { clean, paint } = screen;
  if (releases.length === 0) return `Nothing was released yet\n  ${paint.bold('backlot promote')}, then ${paint.bold('backlot deploy TARGET')}\n`;
  const rows = releases.map((one) => ({
    cells: [verdictOf(one, screen), clean(one.target), clean(one.revision.slice(0, 12)), clean(one.previous?.slice(0, 12) ?? ''), one.kind, formatAge(one.started), clean(one.who), clean(whyOf(one))],
  }));
  return layOutTable([{ title: '  VERDICT' }, { title: 'TARGET' }, { title: 'REVISION' }, { title: 'BEFORE' }, { title: 'KIND' }, { title: 'AGE', align: 'right' }, { title: 'BY', yields: true }, { title: 'WHY', yields: true }], rows, screen);
}

/** Why it ended so; of one that nobody brought in order yet, what does. */
function whyOf({ problem, reason, state, ended, target }: Release): string {
  return problem ?? (state === 'interrupted' && ended === undefined ? `backlot deploy ${target} or backlot rollback ${target} brings it in order` : (reason ?? ''));
}

function showPath(revisions: readonly RevisionPath[], screen: Screen): string {
  const { clean, paint, symbols } = screen;
  if (revisions.length === 0) return 'Nothing is known of any revision yet\n';
  const rows = revisions.map(({ revision, checkedOut, dirty, evidence, promoted, released, serves, subject = '' }) => ({
    cells: [
      `${serves.length > 0 ? paint.green(symbols.good) : ' '} ${clean(revision.slice(0, 12))}${checkedOut ? (dirty ? ', here, dirty' : ', here') : ''}`,
      evidence.map(({ requirement, met }) => `${met ? paint.green(symbols.good) : paint.red(symbols.bad)} ${clean(requirement)}`).join(' '),
      promoted ? formatAge(promoted.time) : '',
      released ? verdictOf(released, screen) : '',
      clean(serves.join(', ')),
      clean(subject),
    ],
  }));
  return layOutTable([{ title: '  REVISION' }, { title: 'EVIDENCE' }, { title: 'PROMOTED', align: 'right' }, { title: 'RELEASED' }, { title: 'SERVES' }, { title: 'COMMIT', yields: true }], rows, screen);
}
