import { spawn } from 'node:child_process';
import { Secret } from '#core/secret.ts';
import { configDirectory, readDockerConfig } from './contexts.ts';
import { DOCKER_HUB } from './image-name.ts';

const HUB_KEY = 'https://index.docker.io/v1/';
const HELPER_LIMIT = 10_000;
const MOST_OUTPUT = 64 * 1024;

/** What to show a registry, as the engine's X-Registry-Auth header; a problem means that none could be had although some are set up. */
export type Credentials = { readonly header?: Secret; readonly problem?: string };

type Surroundings = { readonly environment: Readonly<Record<string, string | undefined>>; readonly home: string };

/** Looks up a registry's credentials as the docker CLI does: its own helper, the common helper, the file. Never fails: without any, the pull is anonymous. */
export async function findCredentials(registry: string, { environment, home }: Surroundings, signal: AbortSignal): Promise<Credentials> {
  const config = readDockerConfig(configDirectory(environment, home));
  if (config.problem) return { problem: `${config.file} was left out: ${config.problem}` };
  const key = registry === DOCKER_HUB ? HUB_KEY : registry;
  const helper = chooseHelper(config.content, registry);
  try {
    if (helper !== undefined) {
      const found = await askHelper(helper, key, environment, signal);
      if (found) return { header: encode(found, key) };
      if (helperIsOwn(config.content, registry)) return {};
    }
    const stored = storedCredentials(config.content['auths'], registry);
    return stored ? { header: encode(stored, key) } : {};
  } catch (error) {
    return { problem: `the credentials for ${registry} could not be read: ${error instanceof Error ? error.message : String(error)}` };
  }
}

type Login = { readonly username?: string; readonly password?: string; readonly identitytoken?: string; readonly registrytoken?: string };

function encode(login: Login, serveraddress: string): Secret {
  return new Secret(toHeader({ ...login, serveraddress }));
}

/** As engines read it: base64 for addresses, filled up to fours. They take one that is not filled up for no credentials at all. */
export function toHeader(login: Login & { readonly serveraddress?: string }): string {
  const text = Buffer.from(JSON.stringify(login)).toString('base64url');
  return text.padEnd(Math.ceil(text.length / 4) * 4, '=');
}

function chooseHelper(config: Readonly<Record<string, unknown>>, registry: string): string | undefined {
  const helpers = record(config['credHelpers']);
  const own = Object.entries(helpers).find(([key]) => hostOf(key) === registry)?.[1];
  const name = own ?? config['credsStore'];
  return typeof name === 'string' && name ? name : undefined;
}

const helperIsOwn = (config: Readonly<Record<string, unknown>>, registry: string) => Object.keys(record(config['credHelpers'])).some((key) => hostOf(key) === registry);

/** Keys are written as a host, with https:// before it, or with /v1/ after it. */
function hostOf(key: string): string {
  const host = key.replace(/^https?:\/\//, '').replace(/\/.*$/, '');
  return host === 'index.docker.io' || host === 'registry-1.docker.io' ? DOCKER_HUB : host;
}

/** A login in the docker CLI's file. */
function storedCredentials(auths: unknown, registry: string): Login | undefined {
  for (const [key, value] of Object.entries(record(auths))) {
    if (hostOf(key) !== registry) continue;
    const entry = record(value);
    const text = (name: string) => (typeof entry[name] === 'string' && entry[name] !== '' ? entry[name] : undefined);
    const decoded = Buffer.from(text('auth') ?? '', 'base64').toString('utf8').replace(/\0+$/, '');
    const colon = decoded.indexOf(':');
    const username = colon === -1 ? text('username') : decoded.slice(0, colon);
    const password = colon === -1 ? text('password') : decoded.slice(colon + 1);
    const [identitytoken, registrytoken] = [text('identitytoken'), text('registrytoken')];
    if (!username && !identitytoken && !registrytoken) continue;
    return { ...(username && { username }), ...(password && { password }), ...(identitytoken && { identitytoken }), ...(registrytoken && { registrytoken }) };
  }
  return undefined;
}

/** Asks a credential helper; `undefined` where it knows nothing of this registry. */
async function askHelper(name: string, key: string, environment: Surroundings['environment'], signal: AbortSignal): Promise<Login | undefined> {
  if (!/^[a-z0-9][a-z0-9_-]*$/i.test(name)) throw new Error(`${JSON.stringify(name.slice(0, 50))} is not the name of a credential helper`);
  const { exitCode, output } = await runHelper(`docker-credential-${name}`, key, environment, signal);
  if (exitCode !== 0) {
    if (/credentials not found|no credentials/i.test(output)) return undefined;
    throw new Error(`docker-credential-${name} failed (${output.trim().slice(0, 200) || `exit code ${exitCode}`})`);
  }
  let answer: Record<string, unknown>;
  try {
    answer = record(JSON.parse(output));
  } catch {
    throw new Error(`docker-credential-${name} did not answer in JSON`);
  }
  const [username, secret] = [answer['Username'], answer['Secret']];
  if (typeof username !== 'string' || typeof secret !== 'string' || secret === '') return undefined;
  return username === '<token>' ? { identitytoken: secret } : { username, password: secret };
}

function runHelper(program: string, input: string, environment: Surroundings['environment'], signal: AbortSignal): Promise<{ readonly exitCode: number | null; readonly output: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, ['get'], { stdio: ['pipe', 'pipe', 'ignore'], env: { ...environment }, detached: process.platform !== 'win32', windowsHide: true });
    let output = '';
    const end = (error: Error) => {
      killGroup(child.pid);
      // A grandchild may hold the pipe open: its end is not waited for.
      child.stdout.destroy();
      settle();
      reject(error);
    };
    const timer = setTimeout(() => end(new Error(`${program} gave no answer within ${HELPER_LIMIT / 1000} s`)), HELPER_LIMIT);
    const onAbort = () => end(new Error('cancelled'));
    const settle = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
    };
    signal.addEventListener('abort', onAbort, { once: true });
    child.once('error', (error) => end('code' in error && error.code === 'ENOENT' ? new Error(`there is no program ${program}`) : error));
    child.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString('utf8');
      if (output.length > MOST_OUTPUT) end(new Error(`${program} wrote more than 64 KiB`));
    });
    child.once('close', (exitCode) => {
      settle();
      resolve({ exitCode, output });
    });
    child.stdin.on('error', () => {
      // It ended without reading: its exit code tells why.
    });
    child.stdin.end(input);
  });
}

function killGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(process.platform === 'win32' ? pid : -pid, 'SIGKILL');
  } catch {
    // Ended already.
  }
}

const record = (value: unknown): Record<string, unknown> => (typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {});
