import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { BacklotError } from '#contract/errors.ts';
import { electronBinaries, hasDisplay } from '../../electron-binary.ts';
import type { Context } from '../context.ts';
import { packageRoot } from '../places.ts';
import { runInstead } from '../run-instead.ts';

/** Opens the Electron app, and stays as long as it does. */
export function run({ environment, globals, interrupts }: Context): Promise<number> {
  const root = packageRoot();
  const binary = electronBinaries(root, environment, process.platform).find((path) => existsSync(path));
  const fix = 'Open the same interface in a browser: backlot serve --open';
  if (!binary) throw new BacklotError('command-failed', 'The Electron app is not installed', { fix });
  if (!hasDisplay(environment, process.platform)) throw new BacklotError('command-failed', 'There is no display to open the Electron app on', { fix });
  const project = globals.project ? [`--project=${resolve(globals.project)}`] : [];
  return runInstead(binary, [root, ...project], environment, interrupts);
}
