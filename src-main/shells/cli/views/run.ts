import type { RunResult, StageResult } from '#contract/runs.ts';
import { formatSeconds } from '../quantity.ts';
import type { Screen } from '../screen.ts';
import { layOutTable } from '../table.ts';

/** How a run ended. */
export function show({ run, image, stages }: RunResult, screen: Screen): string {
  const head = `${screen.paint.green(screen.symbols.good)} ${screen.paint.bold(run)} passed${image === undefined ? '' : ` on ${screen.clean(image)}`}`;
  return `${head}\n${stageTable(stages, screen)}`;
}

/** A row for each stage. */
export function stageTable(stages: readonly StageResult[], screen: Screen): string {
  const columns = [{ title: 'STAGE' }, { title: 'STATE' }, { title: 'TIME', align: 'right' as const }, { title: 'TESTS', align: 'right' as const }, { title: 'FAILED', align: 'right' as const }, { title: 'SKIPPED', align: 'right' as const }];
  const rows = stages.map(({ name, state, cached, seconds, tests, failures, skipped, why, cachedFrom }) => ({
    cells: [name, colour(state, cached ? 'CACHED' : state, screen), formatSeconds(seconds), String(tests), String(failures), String(skipped)],
    ...(cached ? { note: `from ${cachedFrom ?? ''}` } : why !== undefined && { note: screen.clean(why) }),
  }));
  return layOutTable(columns, rows, screen);
}

function colour(state: StageResult['state'], text: string, { paint }: Screen): string {
  if (state === 'passed') return paint.green(text);
  return state === 'failed' ? paint.red(text) : paint.dim(text);
}
