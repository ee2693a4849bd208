import { constants, existsSync } from 'node:fs';
import { access, readFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import type { EngineSight, HostFacts, Release } from '#ports/host-system.ts';
import type { Commands } from './commands.ts';

export type Surroundings = {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly platform: NodeJS.Platform;
  readonly userId: number | undefined;
};

const SOCKET = '/var/run/docker.sock';
const BROWSERS = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

/** Looks at this machine; the questions that cost a process are asked at once. */
export async function observeHost(surroundings: Surroundings, commands: Commands, signal: AbortSignal): Promise<HostFacts> {
  const [release, engine, compose, buildx] = await Promise.all([
    readRelease(surroundings.platform),
    seeEngine(surroundings, commands, signal),
    commands.ask('docker', ['compose', 'version', '--short'], signal),
    commands.ask('docker', ['buildx', 'version'], signal),
  ]);
  const { PATH = '', BACKLOT_CHROMIUM: chosen } = surroundings.environment;
  const browser = chosen ?? BROWSERS.map((name) => findOnPath(name, PATH)).find((file) => file !== undefined);
  return {
    release,
    root: surroundings.userId === 0,
    systemd: existsSync('/run/systemd/system'),
    engine,
    debootstrap: findOnPath('debootstrap', PATH) !== undefined,
    ...(compose && { compose }),
    ...(buildx && { buildx }),
    ...(browser && { browser }),
  };
}

async function seeEngine({ environment }: Surroundings, commands: Commands, signal: AbortSignal): Promise<EngineSight> {
  const version = await commands.ask('docker', ['version', '--format', '{{.Server.Version}}'], signal);
  if (version) return { kind: 'answers', version };
  const choice = await chosenElsewhere(environment, commands, signal);
  if (choice) return { kind: 'elsewhere', choice, cause: 'docker version got no answer from it' };
  if (await isDenied()) return { kind: 'denied', socket: SOCKET };
  const program = findOnPath('dockerd', `${environment['PATH'] ?? ''}${delimiter}/usr/sbin`);
  return { kind: program ? 'stopped' : 'missing' };
}

/** The endpoint that the user chose, when it is another than this machine's own. */
async function chosenElsewhere(environment: Surroundings['environment'], commands: Commands, signal: AbortSignal): Promise<string | undefined> {
  const { DOCKER_HOST: host, DOCKER_CONTEXT: context } = environment;
  if (context && context !== 'default') return `context ${context}`;
  if (host) return [`unix://${SOCKET}`, 'unix:///run/docker.sock'].includes(host) ? undefined : `DOCKER_HOST ${host}`;
  const current = await commands.ask('docker', ['context', 'show'], signal);
  return current && current !== 'default' ? `context ${current}` : undefined;
}

async function isDenied(): Promise<boolean> {
  return access(SOCKET, constants.R_OK | constants.W_OK).then(
    () => false,
    (error: NodeJS.ErrnoException) => error.code === 'EACCES',
  );
}

async function readRelease(platform: NodeJS.Platform): Promise<Release> {
  if (platform !== 'linux') return { family: 'other', version: 0, name: platform };
  const text = await readFile('/etc/os-release', 'utf8').catch(() => '');
  return parseRelease(text);
}

/** Reads /etc/os-release. */
export function parseRelease(text: string): Release {
  const field = (name: string) => new RegExp(`^${name}="?([^"\\n]*)"?$`, 'm').exec(text)?.[1] ?? '';
  const id = field('ID');
  const family = id === 'debian' || id === 'ubuntu' ? id : 'other';
  // Testing and unstable have no number yet, and are newer than all that have one.
  const version = field('VERSION_ID') === '' ? 99 : Number.parseFloat(field('VERSION_ID'));
  return { family, version, name: field('PRETTY_NAME') || 'this system' };
}

function findOnPath(name: string, searchPath: string): string | undefined {
  return searchPath.split(delimiter).filter(Boolean).map((folder) => join(folder, name)).find((file) => existsSync(file));
}
