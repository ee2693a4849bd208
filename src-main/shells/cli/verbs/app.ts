import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { BacklotError } from '#contract/errors.ts';
import type { Context } from '../context.ts';
import { packageRoot } from '../places.ts';
import { runInstead } from '../run-instead.ts';
import type { Environment } from '../terminal.ts';

/** Opens the Electron app, and stays as long as it does. */
export function run({ environment, globals, interrupts }: Context): Promise<number> {
  const root = packageRoot();
  const binary = electronBinaries(root, environment, process.platform).find((path) => existsSync(path));
  const fix = 'Open the same interface in a browser: backlot serve --open';
  if (!binary) throw new BacklotError('command-failed', 'The Electron app is not installed', { fix });
  if (!hasDisplay(environment)) throw new BacklotError('command-failed', 'There is no display to open the Electron app on', { fix });
  const project = globals.project ? ['--project', globals.project] : [];
  return runInstead(binary, [root, ...project], environment, interrupts);
}

/** Where Electron's program may be, in the order in which it is looked for. Asking the package itself would download it. */
export function electronBinaries(root: string, environment: Environment, platform: NodeJS.Platform): string[] {
  const name = platform === 'darwin' ? join('Electron.app', 'Contents', 'MacOS', 'Electron') : platform === 'win32' ? 'electron.exe' : 'electron';
  const { BACKLOT_ELECTRON: own, ELECTRON_OVERRIDE_DIST_PATH: override } = environment;
  return [...(own ? [own] : []), ...(override ? [join(override, name)] : []), join(root, 'node_modules', 'electron', 'dist', name)];
}

function hasDisplay(environment: Environment): boolean {
  if (process.platform !== 'linux') return true;
  return Boolean(environment['DISPLAY'] ?? environment['WAYLAND_DISPLAY']);
}
