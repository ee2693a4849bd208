import { DOCKER_HUB } from '#adapters/docker/image-name.ts';
import { pause } from '#adapters/docker/deadline.ts';
import { BacklotError } from '#contract/errors.ts';
import type { Secret } from '#core/secret.ts';
import { answerChallenge, loginFor, type Login, type Surroundings } from './authorization.ts';
import { certificatesFor, isLoopback } from './certificates.ts';
import { fromAnswer, Passing, withoutAnswer } from './failures.ts';
import { PUBLIC, readAll, send, type Limits, type Request, type Response, type Tls } from './http.ts';

/** A call of the registry's API; `expected` are the answers that it is prepared for. */
export type Call = Omit<Request, 'url'> & {
  /** Below /v2/, or whole as the registry gave it. */
  readonly path: string | URL;
  readonly repository: string;
  readonly access: 'pull' | 'push';
  /** What is going on, for errors: `pushing to`. */
  readonly action: string;
  readonly expected: readonly number[];
  /** Not tried again: sending it twice is not the same as once. */
  readonly once?: boolean;
};

/** Further tries after a passing fault, and the longest wait that a registry is granted. */
const TRIES = 4;
const LONGEST_WAIT = 30_000;
const MOST_REDIRECTS = 5;

/** Speaks to one registry: its scheme, certificates and tokens, redirects and further tries. */
export class RegistryClient {
  readonly host: string;
  /** It has answered with a list of referrers of its own. */
  listsReferrers = false;
  private readonly surroundings: Surroundings;
  private readonly tls: Tls;
  private readonly insecure: boolean;
  private readonly limits: Limits;
  private scheme: Promise<'http:' | 'https:'> | undefined;
  private login: Promise<{ readonly login?: Login; readonly problem?: string }> | undefined;
  /** By repository and access. */
  private readonly tokens = new Map<string, Secret>();

  constructor(host: string, surroundings: Surroundings, options: { readonly insecure: readonly string[]; readonly certificates: readonly string[]; readonly limits: Limits }) {
    this.host = host;
    this.surroundings = surroundings;
    this.limits = options.limits;
    this.insecure = isLoopback(host) || options.insecure.includes(host);
    this.tls = certificatesFor(host, options.certificates, this.insecure);
  }

  /** Carries out a call and answers one of the answers that it expects. */
  call(call: Call, signal: AbortSignal): Promise<Response> {
    return this.tryOften(call, () => this.attempt(call, signal), signal);
  }

  /** Carries out a call with the whole of its short answer, which may be lost in the middle too. */
  read(call: Call, signal: AbortSignal): Promise<Response & { readonly bytes: Buffer }> {
    const whole = async () => {
      const response = await this.attempt(call, signal);
      const bytes = await readAll(response.body).catch((error: unknown) => Promise.reject(withoutAnswer({ host: this.host, repository: call.repository, action: call.action }, error)));
      return { ...response, bytes };
    };
    return this.tryOften(call, whole, signal);
  }

  private async tryOften<Result>(call: Call, attempt: () => Promise<Result>, signal: AbortSignal): Promise<Result> {
    for (let tries = 1; ; tries++) {
      try {
        return await attempt();
      } catch (error) {
        if (signal.aborted) throw new BacklotError('cancelled', 'cancelled');
        if (!(error instanceof Passing)) throw error;
        const wait = error.wait ?? 200 * 3 ** (tries - 1);
        if (call.once === true || tries >= TRIES || wait > LONGEST_WAIT) throw error.final;
        await pause(wait, signal);
      }
    }
  }

  private async attempt(call: Call, signal: AbortSignal): Promise<Response> {
    const place = { host: this.host, repository: call.repository, action: call.action };
    const url = await this.urlOf(call.path, place, signal);
    const key = `${call.repository} ${call.access}`;
    let response = await this.send(call, url, this.tokens.get(key), signal);
    let signedIn = this.tokens.has(key);
    if (response.status === 401) {
      const authorization = await this.authorize(call, response, signal);
      if (authorization) {
        response.body.resume();
        this.tokens.set(key, authorization);
        response = await this.send(call, url, authorization, signal);
      } else this.tokens.delete(key);
      signedIn = (await this.login)?.login !== undefined;
    }
    if (call.expected.includes(response.status)) return response;
    throw await this.refusal(place, response, signedIn);
  }

  private async refusal(place: Parameters<typeof fromAnswer>[0], response: Response, signedIn: boolean): Promise<Error> {
    const failure = await fromAnswer(place, response, signedIn);
    const problem = response.status === 401 ? (await this.login)?.problem : undefined;
    // Whoever signs in then, or is let in, is known with the next call.
    if (response.status === 401 || response.status === 403) this.forgetLogin();
    return problem === undefined ? failure : new BacklotError('registry-denied', `${failure.message}: ${problem}`, { fix: `Mend that, or sign in with \`docker login ${this.host}\`.` });
  }

  private forgetLogin(): void {
    this.login = undefined;
    this.tokens.clear();
  }

  private async authorize(call: Call, response: Response, signal: AbortSignal): Promise<Secret | undefined> {
    this.login ??= loginFor(this.host, this.surroundings, signal);
    const { login } = await this.login;
    const scope = `repository:${repositoryPath(call.repository)}:${call.access === 'push' ? 'pull,push' : 'pull'}`;
    try {
      return await answerChallenge(response.headers['www-authenticate'] ?? '', { host: apiHost(this.host), protocol: response.url.protocol, scope, login, tls: this.tls, limits: this.limits }, signal);
    } catch (error) {
      response.body.resume();
      throw error instanceof BacklotError ? error : withoutAnswer({ host: this.host, repository: call.repository, action: call.action }, error);
    }
  }

  /** Sends, and follows redirects; what is for this registry's eyes is not sent to another host. */
  private async send(call: Call, url: URL, authorization: Secret | undefined, signal: AbortSignal): Promise<Response> {
    const place = { host: this.host, repository: call.repository, action: call.action };
    let at = url;
    for (let redirects = 0; redirects <= MOST_REDIRECTS; redirects++) {
      const own = at.host === url.host && at.protocol === url.protocol;
      const headers = { ...call.headers, ...(own && authorization && { authorization: authorization.reveal() }) };
      const request = { method: call.method, url: at, headers, ...(call.body && { body: call.body }) };
      const response = await send(request, own ? this.tls : PUBLIC, this.limits, signal).catch((error: unknown) => Promise.reject(withoutAnswer(place, error)));
      const location = response.headers['location'];
      if (![301, 302, 303, 307, 308].includes(response.status) || location === undefined) return response;
      response.body.resume();
      at = new URL(location, at);
      if (at.protocol !== 'https:' && !(at.protocol === 'http:' && url.protocol === 'http:')) throw new BacklotError('registry-failed', `The registry ${this.host} redirects to ${at.protocol}//${at.host}, which is less safe than it is itself`, { fix: 'Have the registry’s storage put behind https.' });
    }
    throw new BacklotError('registry-failed', `The registry ${this.host} redirects in a circle`, { fix: 'Have the registry’s redirects mended.' });
  }

  private async urlOf(path: string | URL, place: Parameters<typeof withoutAnswer>[0], signal: AbortSignal): Promise<URL> {
    if (path instanceof URL) return path;
    this.scheme ??= this.insecure ? this.findScheme(place, signal) : Promise.resolve('https:' as const);
    const scheme = await this.scheme.catch((error: unknown) => {
      this.scheme = undefined;
      throw error;
    });
    return new URL(`${scheme}//${apiHost(this.host)}/v2/${path}`);
  }

  /** As Docker does: TLS with whatever certificate, else none. */
  private async findScheme(place: Parameters<typeof withoutAnswer>[0], signal: AbortSignal): Promise<'http:' | 'https:'> {
    try {
      (await send({ method: 'GET', url: new URL(`https://${this.host}/v2/`) }, this.tls, this.limits, signal)).body.resume();
      return 'https:';
    } catch (error) {
      // What is no TLS at all is plain HTTP; a certificate that is not the one set up is not a reason to go without.
      if (!isNoTls(error) || signal.aborted) throw withoutAnswer(place, error);
      return 'http:';
    }
  }
}

const isNoTls = (error: unknown) => error instanceof Error && 'code' in error && (/^(?:EPROTO|ECONNRESET|HPE_\w+)$/.test(String(error.code)) || /WRONG_VERSION_NUMBER|PACKET_LENGTH/.test(String(error.code)));

const apiHost = (host: string) => (host === DOCKER_HUB ? 'registry-1.docker.io' : host);

/** A repository's name without its registry. */
export function repositoryPath(name: string): string {
  return name.slice(name.indexOf('/') + 1);
}
