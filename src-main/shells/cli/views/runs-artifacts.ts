import type { Artifact } from '#contract/runs.ts';
import { formatBytes } from '../quantity.ts';
import type { Screen } from '../screen.ts';
import { layOutTable } from '../table.ts';

/** What a run left behind, and where it is. */
export function show({ folder, artifacts }: { readonly folder: string; readonly artifacts: readonly Artifact[] }, screen: Screen): string {
  if (artifacts.length === 0) return 'It left no artifacts\n';
  const rows = artifacts.map(({ stage, path, bytes }) => ({ cells: [stage, screen.clean(path), formatBytes(bytes)] }));
  return `${screen.clean(folder)}\n${layOutTable([{ title: 'STAGE' }, { title: 'FILE', yields: true }, { title: 'SIZE', align: 'right' }], rows, screen)}`;
}
