import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** What keeps a system's Chromium quiet, and lets it run as root. */
export const CHROMIUM_SWITCHES: readonly string[] = [
  '--disable-gpu',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
  ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
];

const NAMES = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome'];

/** The system's Chromium: the one that `BACKLOT_CHROMIUM` names, else the first on the PATH. */
export function chromiumPath(): string {
  const named = process.env['BACKLOT_CHROMIUM'];
  if (named !== undefined) return named;
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  const found = NAMES.flatMap((name) => folders.map((folder) => join(folder, name))).find(isExecutable);
  if (found === undefined) throw new Error('There is no Chromium on this machine. On Debian: apt-get install chromium');
  return found;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
