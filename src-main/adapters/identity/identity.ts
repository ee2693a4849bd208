import { z } from 'zod';
import { BacklotError } from '#contract/errors.ts';
import type { Identity, IssuedKey } from '#ports/identity.ts';

const LIMIT = 10_000;
const Configuration = z.object({ issuer: z.string(), jwks_uri: z.string() });
const Keys = z.object({ keys: z.array(z.record(z.string(), z.unknown())) });
const Token = z.object({ value: z.string() });

/** Tokens of GitHub Actions, and the keys of any issuer of OpenID Connect. */
export function createIdentity(environment: Readonly<Record<string, string | undefined>>): Identity {
  const known = new Map<string, Promise<readonly IssuedKey[]>>();
  return {
    async token(audience, issuers) {
      const { ACTIONS_ID_TOKEN_REQUEST_URL: url, ACTIONS_ID_TOKEN_REQUEST_TOKEN: bearer, GITLAB_CI, CI_SERVER_URL = '' } = environment;
      if (GITLAB_CI !== undefined && issuers.some((issuer) => withoutSlash(issuer) === withoutSlash(CI_SERVER_URL))) throw noTokenOfGitlab();
      if (url === undefined || bearer === undefined) return undefined;
      const at = new URL(url);
      at.searchParams.set('audience', audience);
      return (await ask(at.href, Token, 'The CI does not say who it is', { authorization: `Bearer ${bearer}` })).value;
    },
    keysOf(issuer) {
      const asked = known.get(issuer) ?? fetchKeys(issuer);
      known.set(issuer, asked);
      // What failed is asked for again.
      asked.catch(() => known.delete(issuer));
      return asked;
    },
  };
}

/**
 * What a token of GitLab is meant for is settled before its job begins, so it can be for no key that the job makes. Evidence shows its token to everybody:
 * one that is for any key would serve whoever reads it, for a key of his own, and that the key's owner has signed as well proves nothing of who he is.
 */
function noTokenOfGitlab(): BacklotError {
  return new BacklotError('config-invalid', 'GitLab cannot vouch for the key of a job: what its tokens are meant for is settled in .gitlab-ci.yml, before the job has a key', {
    fix: 'Sign with the project’s key, from a protected and masked variable of CI: evidence: { key: { env: EVIDENCE_KEY }, trust: [keys/ci.pub] } in backlot.yaml, without GitLab at evidence.issuers.',
  });
}

const withoutSlash = (url: string) => url.replace(/\/$/, '');

async function fetchKeys(issuer: string): Promise<readonly IssuedKey[]> {
  const problem = `The keys of the issuer ${issuer} cannot be read`;
  const configuration = await ask(`${withoutSlash(issuer)}/.well-known/openid-configuration`, Configuration, problem);
  if (configuration.issuer !== issuer) throw new BacklotError('config-invalid', `${problem}: it calls itself ${configuration.issuer}`, { fix: 'Write its own name at evidence.issuers in backlot.yaml.' });
  return (await ask(configuration.jwks_uri, Keys, problem)).keys;
}

async function ask<Shape extends z.ZodType>(url: string, shape: Shape, problem: string, headers: Record<string, string> = {}): Promise<z.output<Shape>> {
  const fail = (why: string, cause?: unknown) => new BacklotError('config-invalid', `${problem}: ${why}`, { cause, fix: 'See whether it is reachable from here, and named right at evidence.issuers in backlot.yaml.' });
  const { protocol, hostname } = new URL(url);
  if (protocol !== 'https:' && !(protocol === 'http:' && ['127.0.0.1', 'localhost', '[::1]'].includes(hostname))) throw fail(`${protocol}//${hostname} is not safe`);
  const response = await fetch(url, { headers: { accept: 'application/json', ...headers }, redirect: 'error', signal: AbortSignal.timeout(LIMIT) }).catch((error: unknown) => Promise.reject(fail(error instanceof Error ? error.message : String(error), error)));
  if (!response.ok) throw fail(`it answered ${response.status}`);
  const parsed = shape.safeParse(await response.json().catch(() => undefined));
  if (!parsed.success) throw fail('it answers something else');
  return parsed.data;
}
