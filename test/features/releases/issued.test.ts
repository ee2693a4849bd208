import { generateKeyPairSync, sign } from 'node:crypto';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { createIdentity } from '#adapters/identity/identity.ts';
import { keyFromSeed, publicKeyOf } from '#core/signing-key.ts';
import { open, seal } from '#features/releases/evidence/envelope.ts';
import { audienceOf } from '#features/releases/evidence/issued.ts';

const pair = generateKeyPairSync('rsa', { modulusLength: 2048 });
const key = keyFromSeed(Buffer.alloc(32, 5));

/** A CI that gives tokens as GitHub Actions does, and publishes its keys. */
async function startIssuer(): Promise<{ issuer: string; token: (claims: object, by?: typeof pair.privateKey) => string; environment: Record<string, string> }> {
  let issuer = '';
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const token = (claims: object, by = pair.privateKey) => {
    const text = `${part({ alg: 'RS256', kid: 'k1', typ: 'JWT' })}.${part({ iss: issuer, sub: 'repo:acme/shop:ref:refs/heads/main', ...claims })}`;
    return `${text}.${sign('sha256', Buffer.from(text), by).toString('base64url')}`;
  };
  const server = http.createServer(({ url = '', headers }, response) => {
    const { pathname, searchParams } = new URL(url, issuer);
    const answer = (value: unknown) => response.end(JSON.stringify(value));
    if (pathname.endsWith('openid-configuration')) return void answer({ issuer, jwks_uri: `${issuer}/keys` });
    if (pathname === '/keys') return void answer({ keys: [{ ...pair.publicKey.export({ format: 'jwk' }), kid: 'k1', alg: 'RS256' }] });
    if (headers.authorization === 'Bearer job') return void answer({ value: token({ aud: searchParams.get('audience') }) });
    response.writeHead(403).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { issuer, token, environment: { ACTIONS_ID_TOKEN_REQUEST_URL: `${issuer}/token?version=1`, ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'job' } };
}

test('what a CI signs counts where its issuer says that it is that CI, and for no other subject, key or issuer', async () => {
  const { issuer, token, environment } = await startIssuer();
  const identity = createIdentity(environment);
  const audience = audienceOf(publicKeyOf(key));
  const issued = (await identity.token(audience, [issuer])) ?? '';
  const payload = Buffer.from('what passed');
  const opened = async (envelope: Uint8Array, subject = 'repo:acme/shop:*') => open(envelope, { trusted: [], issuers: [{ issuer, subject, keys: await identity.keysOf(issuer) }] });
  expect(await opened(seal(payload, { ...key, token: issued }))).toMatchObject({ state: 'trusted', payload });
  expect(await opened(seal(payload, { ...key, token: issued }), 'repo:acme/other:*')).toMatchObject({ state: 'foreign', problem: expect.stringContaining('whom nobody here trusts') as string });
  // Taken from evidence that everybody can read, for a key of one's own.
  expect(await opened(seal(payload, { ...keyFromSeed(Buffer.alloc(32, 6)), token: issued }))).toMatchObject({ state: 'foreign', problem: 'Its token is of another key' });
  const forged = token({ aud: audience }, generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey);
  expect(await opened(seal(payload, { ...key, token: forged }))).toMatchObject({ state: 'foreign', problem: expect.stringContaining('not signed by') as string });
  const text = Buffer.from(seal(payload, { ...key, token: issued })).toString();
  expect(await opened(Buffer.from(text.replace(Buffer.from('what passed').toString('base64'), Buffer.from('what failed').toString('base64'))))).toMatchObject({ state: 'invalid' });
  expect(await opened(seal(payload, key))).toMatchObject({ state: 'foreign' });
});

test('an issuer that does not answer, or is not safe to ask, vouches for nobody and says why', async () => {
  const identity = createIdentity({});
  expect(await identity.token('any', [])).toBeUndefined();
  await expect(identity.keysOf('http://127.0.0.1:1')).rejects.toMatchObject({ code: 'config-invalid', message: expect.stringContaining('cannot be read') as string });
  await expect(identity.keysOf('http://issuer.example')).rejects.toMatchObject({ message: expect.stringContaining('is not safe') as string });
});

test('in a job of GitLab, whose tokens are for no key, an issuer of that kind is refused with what to do instead, and any other is not', async () => {
  const identity = createIdentity({ GITLAB_CI: 'true', CI_SERVER_URL: 'https://gitlab.shop.example' });
  await expect(identity.token('any', ['https://gitlab.shop.example/'])).rejects.toMatchObject({ code: 'config-invalid', fix: expect.stringContaining('evidence: { key: { env: EVIDENCE_KEY }') as string });
  expect(await identity.token('any', ['https://token.actions.githubusercontent.com'])).toBeUndefined();
});
