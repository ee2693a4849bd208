import { BacklotError } from '#contract/errors.ts';
import { runWithin } from './run-within.ts';
import type { ProcessRunner } from '#ports/process-runner.ts';

/** A keychain may ask its user to open it. */
const LIMIT = 60_000;
/** Where the session's keychain is found. */
const SESSION = ['DBUS_SESSION_BUS_ADDRESS', 'XDG_RUNTIME_DIR', 'DISPLAY', 'WAYLAND_DISPLAY', 'HOME'];
/** What the programs say of an entry that is not there. */
const ABSENT: Readonly<Record<string, number>> = { 'secret-tool': 1, security: 44 };

/** Reads an entry of the system's keychain, of the service `backlot`, through the system's own program: it needs no library of ours, and every shell reads the same. */
export async function readKeychain(name: string, { environment, processes, platform }: { readonly environment: Readonly<Record<string, string | undefined>>; readonly processes: ProcessRunner; readonly platform: NodeJS.Platform }): Promise<string | undefined> {
  const program = programOf(platform, name);
  const session = Object.fromEntries(SESSION.flatMap((key) => (environment[key] === undefined ? [] : [[key, environment[key]]])));
  const result = await runWithin(LIMIT, { ...program, environment: session, called: `The keychain (${program.file})` }, processes).catch((error: unknown) => {
    if (error instanceof BacklotError && (error.cause as NodeJS.ErrnoException | undefined)?.code === 'ENOENT') throw new BacklotError('config-invalid', `The keychain cannot be read: ${program.file} is not installed`, { fix: `${program.install} Or give ${name} by {env: NAME} or {command: [...]}.` });
    throw error;
  });
  const said = result.stderr.trim().split('\n').at(-1) ?? '';
  if (result.exitCode === 0) return result.stdout.replace(/\n$/, '');
  if (result.exitCode === ABSENT[program.file] && (said === '' || program.file === 'security')) return undefined;
  throw new BacklotError('config-invalid', `The keychain does not give ${name}: ${said === '' ? `${program.file} ended with ${result.exitCode}` : said}`, { fix: 'Open the keychain: sign in to the desktop, or give it by {env: NAME} or {command: [...]}.' });
}

function programOf(platform: NodeJS.Platform, name: string): { readonly file: string; readonly args: readonly string[]; readonly install: string } {
  switch (platform) {
    case 'darwin':
      return { file: 'security', args: ['find-generic-password', '-s', 'backlot', '-a', name, '-w'], install: 'It comes with macOS.' };
    case 'linux':
      return { file: 'secret-tool', args: ['lookup', 'service', 'backlot', 'account', name], install: 'Install it (Debian: apt install libsecret-tools).' };
    default:
      throw new BacklotError('config-invalid', `Backlot cannot read the keychain of ${platform}`, { fix: `Give ${name} by {env: NAME} or {command: [...]}.` });
  }
}
