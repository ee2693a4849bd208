import { mkdir, readdir, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { RunSummary } from '#contract/runs.ts';
import { isCode, writeFailure } from '../state/files.ts';

const FOLDER = 'reused-by';

/** Which runs reused stages of which: an empty file for each in a folder of the run that they are from, whichever checkout each is of. */
export function createReuses(folderOf: (run: string) => string) {
  const filesOf = (run: string) => path.join(folderOf(run), FOLDER);
  const isThere = (run: string) => stat(path.join(folderOf(run), 'run.json')).then(() => true, () => false);

  return {
    /** Notes what a run has of others. A run that is gone is not made again for that. */
    async note({ run, stages }: Pick<RunSummary, 'run' | 'stages'>): Promise<void> {
      for (const from of new Set(stages.flatMap(({ cachedFrom }) => cachedFrom ?? []))) {
        try {
          await mkdir(filesOf(from), { mode: 0o700 }).catch(ignore('EEXIST'));
          await writeFile(path.join(filesOf(from), run), '', { mode: 0o600 });
        } catch (error) {
          if (!isCode(error, 'ENOENT')) throw writeFailure(filesOf(from), error);
        }
      }
    },
    /** The runs that are still there and reused stages of some. */
    async ofEach(runs: readonly Pick<RunSummary, 'run'>[]): Promise<ReadonlyMap<string, readonly string[]>> {
      const found = new Map<string, readonly string[]>();
      for (const { run } of runs) {
        const names = (await readdir(filesOf(run)).catch(ignore('ENOENT'))) ?? [];
        const there = await Promise.all(names.map(isThere));
        found.set(run, names.filter((_, index) => there[index]));
      }
      return found;
    },
  };
}

/** What is no failure. */
function ignore(code: string) {
  return (error: unknown): undefined => {
    if (!isCode(error, code)) throw error;
  };
}
