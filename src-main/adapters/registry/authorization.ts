import { findCredentials } from '#adapters/docker/registry-credentials.ts';
import { BacklotError } from '#contract/errors.ts';
import { Secret } from '#core/secret.ts';
import { isLoopback } from './certificates.ts';
import { PUBLIC, readAll, send, type Limits, type Tls } from './http.ts';

export type Login = { readonly username?: string; readonly password?: string; readonly identitytoken?: string; readonly registrytoken?: string };
export type Surroundings = { readonly environment: Readonly<Record<string, string | undefined>>; readonly home: string };

type Asked = { readonly host: string; /** How the registry itself is spoken to. */ readonly protocol: string; readonly scope: string; readonly login: Login | undefined; readonly tls: Tls; readonly limits: Limits };
type Challenge = { readonly scheme: 'basic' } | { readonly scheme: 'bearer'; readonly realm: string; readonly service?: string; readonly scope?: string };

/** The login that Docker has for a registry, or nothing; `problem` where one is set up but cannot be had. */
export async function loginFor(registry: string, surroundings: Surroundings, signal: AbortSignal): Promise<{ readonly login?: Login; readonly problem?: string }> {
  const { header, problem } = await findCredentials(registry, surroundings, signal);
  if (!header) return problem === undefined ? {} : { problem };
  return { login: JSON.parse(Buffer.from(header.reveal(), 'base64url').toString()) as Login };
}

/** What a registry's challenge is answered with: the value of the authorization header, or nothing where there is no way to. */
export async function answerChallenge(header: string, asked: Asked, signal: AbortSignal): Promise<Secret | undefined> {
  const challenge = parseChallenge(header);
  const { login } = asked;
  if (login?.registrytoken !== undefined) return new Secret(`Bearer ${login.registrytoken}`);
  if (!challenge) return undefined;
  if (challenge.scheme === 'basic') return login?.username === undefined ? undefined : new Secret(basic(login));
  return fetchToken(challenge, asked, signal);
}

async function fetchToken(challenge: Challenge & { scheme: 'bearer' }, { host, protocol, scope, login, tls, limits }: Asked, signal: AbortSignal): Promise<Secret | undefined> {
  const url = realmOf(challenge.realm, host, protocol);
  const service = challenge.service ?? '';
  const own = url.host === host ? tls : PUBLIC;
  if (login?.identitytoken !== undefined) {
    const body = new URLSearchParams({ grant_type: 'refresh_token', service, client_id: 'backlot', scope, refresh_token: login.identitytoken });
    return tokenOf(await send({ method: 'POST', url, headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: Buffer.from(body.toString()) }, own, limits, signal), host);
  }
  if (service) url.searchParams.set('service', service);
  url.searchParams.set('scope', scope);
  const headers = login?.username === undefined ? {} : { authorization: basic(login) };
  return tokenOf(await send({ method: 'GET', url, headers }, own, limits, signal), host);
}

async function tokenOf(response: Awaited<ReturnType<typeof send>>, host: string): Promise<Secret | undefined> {
  const text = (await readAll(response.body, 1024 * 1024)).toString();
  if (response.status === 401 || response.status === 403 || response.status === 400) return undefined;
  if (response.status !== 200) throw new Error(`the token service of ${host} answered ${response.status}`);
  const { token, access_token: accessToken } = JSON.parse(text) as { token?: string; access_token?: string };
  const found = token ?? accessToken;
  return typeof found === 'string' ? new Secret(`Bearer ${found}`) : undefined;
}

/** Credentials go only over TLS, to this very machine, or to a registry that is without TLS itself. */
function realmOf(realm: string, host: string, protocol: string): URL {
  const url = URL.canParse(realm) ? new URL(realm) : undefined;
  if (url && (url.protocol === 'https:' || (url.protocol === 'http:' && (isLoopback(url.host) || (url.host === host && protocol === 'http:'))))) return url;
  throw new BacklotError('registry-denied', `The registry ${host} sends to ${JSON.stringify(realm.slice(0, 200))} for a token, where credentials would not be safe`, { fix: 'Have its token service put behind https.' });
}

/** Reads `Bearer realm="…",service="…"` and `Basic realm="…"`. */
function parseChallenge(header: string): Challenge | undefined {
  if (/^basic\b/i.test(header)) return { scheme: 'basic' };
  if (!/^bearer\b/i.test(header)) return undefined;
  const values = Object.fromEntries([...header.matchAll(/(\w+)="([^"]*)"/g)].map(([, key = '', value = '']) => [key.toLowerCase(), value]));
  return values['realm'] === undefined ? undefined : { scheme: 'bearer', realm: values['realm'], ...(values['service'] !== undefined && { service: values['service'] }) };
}

const basic = ({ username = '', password = '' }: Login) => `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
