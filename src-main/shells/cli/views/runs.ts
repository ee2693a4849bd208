import type { RunSummary } from '#contract/runs.ts';
import { formatAge } from '../quantity.ts';
import type { Screen } from '../screen.ts';
import { layOutTable } from '../table.ts';

/** The latest runs of a project. */
export function show({ runs }: { readonly runs: readonly RunSummary[] }, screen: Screen): string {
  if (runs.length === 0) return `No run yet: ${screen.paint.bold('backlot run')}\n`;
  const columns = [{ title: 'RUN' }, { title: 'STATE' }, { title: 'AGE', align: 'right' as const }, { title: 'REVISION' }, { title: 'STAGES', yields: true }];
  const rows = runs.map(({ run, state, started, revision = '', stages }) => ({
    cells: [run, state === 'passed' ? screen.paint.green(state) : state === 'failed' ? screen.paint.red(state) : state, formatAge(started), short(revision), stages.map(({ name, state: stage }) => `${name} ${stage}`).join(', ')],
  }));
  return layOutTable(columns, rows, screen);
}

function short(revision: string): string {
  return revision.includes('-dirty-') ? `${revision.slice(0, 10)} (dirty)` : revision.slice(0, 10);
}
