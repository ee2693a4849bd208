import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The folder that Backlot is installed in, found from this file, built or not. */
export function packageRoot(): string {
  let folder = import.meta.dirname;
  while (!existsSync(join(folder, 'package.json')) && folder !== dirname(folder)) folder = dirname(folder);
  return folder;
}
