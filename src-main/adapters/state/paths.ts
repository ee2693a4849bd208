import { homedir } from 'node:os';
import path from 'node:path';

/** Folders of this user that all shells share. */
export type Paths = {
  /** What is going on and went on: may be lost, but not while something is up. */
  readonly state: string;
  readonly data: string;
  /** May be deleted at any time. */
  readonly cache: string;
  readonly config: string;
};

type Variables = Readonly<Record<string, string | undefined>>;

/** `BACKLOT_HOME` when set, else the XDG folders, else the system's own places. */
export function findPaths(environment: Variables, platform: NodeJS.Platform = process.platform, home: string = homedir()): Paths {
  const own = environment['BACKLOT_HOME'];
  if (own) return below(path.resolve(own));
  switch (platform) {
    case 'darwin':
      return { ...below(path.join(home, 'Library/Application Support/Backlot')), cache: path.join(home, 'Library/Caches/Backlot') };
    case 'win32':
      return below(path.win32.join(environment['LOCALAPPDATA'] ?? path.win32.join(home, 'AppData', 'Local'), 'Backlot'), path.win32);
    default:
      return xdg(environment, home);
  }
}

function below(folder: string, { join } = path as Pick<typeof path, 'join'>): Paths {
  return { state: join(folder, 'state'), data: join(folder, 'data'), cache: join(folder, 'cache'), config: join(folder, 'config') };
}

function xdg(environment: Variables, home: string): Paths {
  // A relative path is to be ignored, says the specification.
  const folder = (variable: string, fallback: string) => {
    const chosen = environment[variable];
    return path.join(chosen && path.isAbsolute(chosen) ? chosen : path.join(home, fallback), 'backlot');
  };
  return {
    state: folder('XDG_STATE_HOME', '.local/state'),
    data: folder('XDG_DATA_HOME', '.local/share'),
    cache: folder('XDG_CACHE_HOME', '.cache'),
    config: folder('XDG_CONFIG_HOME', '.config'),
  };
}
