import { join } from 'node:path';

type Variables = Readonly<Record<string, string | undefined>>;

/** Where Electron's program may be, in the order in which it is looked for. Asking the package itself would download it. */
export function electronBinaries(root: string, environment: Variables, platform: NodeJS.Platform): string[] {
  const name = platform === 'darwin' ? join('Electron.app', 'Contents', 'MacOS', 'Electron') : platform === 'win32' ? 'electron.exe' : 'electron';
  const { BACKLOT_ELECTRON: own, ELECTRON_OVERRIDE_DIST_PATH: override } = environment;
  return [...(own ? [own] : []), ...(override ? [join(override, name)] : []), join(root, 'node_modules', 'electron', 'dist', name)];
}

/** Whether there is a display to open a window on. */
export function hasDisplay(environment: Variables, platform: NodeJS.Platform): boolean {
  return platform !== 'linux' || Boolean(environment['DISPLAY'] ?? environment['WAYLAND_DISPLAY']);
}
