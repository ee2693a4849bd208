import { BacklotError } from '#contract/errors.ts';

export type Tls = { readonly ca?: Buffer; readonly cert?: Buffer; readonly key?: Buffer; readonly verify: boolean };

/** Where an engine listens. */
export type Address =
  | { readonly kind: 'unix'; readonly path: string }
  | { readonly kind: 'npipe'; readonly path: string }
  | { readonly kind: 'tcp'; readonly host: string; readonly port: number; readonly basePath: string; readonly tls?: Tls }
  | { readonly kind: 'ssh'; readonly host: string; readonly user?: string; readonly port?: number; readonly socket?: string };

type CommandLine = { readonly arguments: readonly string[]; readonly environment: Readonly<Record<string, string>> };

/** An engine that was chosen, and why it was this one. */
export type Endpoint = {
  readonly address: Address;
  /** As shown to people; never with a password. */
  readonly url: string;
  readonly rule: string;
  readonly context?: string;
  readonly commandLine: CommandLine;
};

export const defaultHost = (platform: NodeJS.Platform) => (platform === 'win32' ? 'npipe:////./pipe/docker_engine' : 'unix:///var/run/docker.sock');

/** Reads an engine's address as the docker CLI does. Throws a plain Error that never repeats a password. */
export function parseAddress(text: string, platform: NodeJS.Platform, tls?: Tls): Address {
  const host = text.trim() || defaultHost(platform);
  const [, scheme = 'tcp', rest = ''] = /^(?:([a-z][a-z0-9+.-]*):\/\/)?(.*)$/is.exec(host) ?? [];
  switch (scheme.toLowerCase()) {
    case 'unix':
      return { kind: 'unix', path: rest || '/var/run/docker.sock' };
    case 'npipe':
      return { kind: 'npipe', path: (rest || '//./pipe/docker_engine').replaceAll('/', '\\') };
    case 'tcp':
      return parseTcp(rest, tls);
    case 'ssh':
      return parseSsh(rest);
    default:
      throw new Error(`${scheme}:// is not a kind of address that Docker knows`);
  }
}

function parseTcp(rest: string, tls: Tls | undefined): Address {
  const url = parseUrl(`tcp://${rest.startsWith(':') ? `localhost${rest}` : rest}`);
  const port = url.port === '' ? (tls ? 2376 : 2375) : Number(url.port);
  const basePath = url.pathname.replace(/\/+$/, '');
  return { kind: 'tcp', host: unbracket(url.hostname), port, basePath, ...(tls && { tls }) };
}

function parseSsh(rest: string): Address {
  const url = parseUrl(`ssh://${rest}`);
  if (url.password) throw new Error('a password in an ssh address is not supported');
  const user = decodeURIComponent(url.username);
  const host = unbracket(url.hostname);
  if (host.startsWith('-') || user.startsWith('-')) throw new Error('an ssh host or user cannot begin with a dash');
  const socket = url.pathname.replace(/\/+$/, '');
  // The remote side's shell reads this path, so nothing that a shell would act on may be in it.
  if (!/^[\w./@+-]*$/.test(socket)) throw new Error('the path of an ssh address may hold only letters, digits and ./_@+-');
  return { kind: 'ssh', host, ...(user && { user }), ...(url.port && { port: Number(url.port) }), ...(socket && { socket }) };
}

function parseUrl(text: string): URL {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    throw new Error('it is not a host and port');
  }
  if (!url.hostname) throw new Error('it names no host');
  if (url.search || url.hash) throw new Error('it has a query or a fragment');
  return url;
}

const unbracket = (hostname: string) => hostname.replace(/^\[(.*)\]$/, '$1');
const bracket = (host: string) => (host.includes(':') ? `[${host}]` : host);

/** The address as a person or the docker CLI reads it, without a password. */
export function addressUrl(address: Address): string {
  switch (address.kind) {
    case 'unix':
      return `unix://${address.path}`;
    case 'npipe':
      return `npipe://${address.path.replaceAll('\\', '/')}`;
    case 'tcp':
      return `tcp://${bracket(address.host)}:${address.port}${address.basePath}`;
    case 'ssh':
      return `ssh://${address.user ? `${encodeURIComponent(address.user)}@` : ''}${bracket(address.host)}${address.port ? `:${address.port}` : ''}${address.socket ?? ''}`;
    default:
      return address satisfies never;
  }
}

/** The error of an address that cannot be read; `source` says where it stands. */
export function addressError(source: string, cause: unknown, file?: string): BacklotError {
  return new BacklotError('context-invalid', `The engine's address in ${source} cannot be used: ${cause instanceof Error ? cause.message : String(cause)}`, {
    ...(file && { where: { file } }),
    fix: 'Write it as unix:///path/to/docker.sock, tcp://host:port or ssh://user@host.',
  });
}
