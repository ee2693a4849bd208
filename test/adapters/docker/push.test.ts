import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { createDockerEngine } from '#adapters/docker/docker-engine.ts';
import { explainPush } from '#adapters/docker/push.ts';
import type { Credentials } from '#adapters/docker/registry-credentials.ts';
import { BacklotError } from '#contract/errors.ts';
import { Secret } from '#core/secret.ts';
import { docker, login, never, startClosedRegistry } from '../registry/registry-scene.ts';

const HELPER = 'no program docker-credential-nonesuch is on the search path';

test.each<[string, string, Credentials, { readonly code: string; readonly message: string; readonly fix: string }]>([
  ['without a login', 'no basic auth credentials', {}, { code: 'registry-denied', message: 'wants credentials for a push to team/shop', fix: 'Sign in as somebody who may push there: `docker login r.example`' }],
  ['without the helper', 'unauthorized: authentication required', { problem: HELPER }, { code: 'registry-denied', message: 'wants credentials', fix: `It was pushed without a login, because ${HELPER}. Sign in` }],
  ['with a login that has expired', 'denied: requested access to the resource is denied', { header: new Secret('x') }, { code: 'registry-denied', message: 'with the credentials that Docker has for it', fix: '`docker login r.example`' }],
  ['to an authority that the engine does not know', 'Get "https://r.example/v2/": x509: certificate signed by unknown authority', {}, { code: 'registry-failed', message: 'The engine does not trust the registry r.example', fix: '/etc/docker/certs.d/r.example/ca.crt' }],
  ['to one without TLS', 'http: server gave HTTP response to HTTPS client', {}, { code: 'registry-failed', message: 'does not trust', fix: 'insecure-registries' }],
  ['to one that is full', 'received unexpected HTTP status: no space left on device', {}, { code: 'registry-failed', message: 'has no room for team/shop', fix: 'what arrived is kept' }],
  ['to one that is read-only', 'error parsing HTTP 405 response body: invalid character \'M\' looking for beginning of value: "Method not allowed\\n"', {}, { code: 'registry-failed', message: 'takes no pushes', fix: 'opened for writing' }],
  ['to no such repository', 'name unknown: The repository with name team/shop does not exist', {}, { code: 'registry-failed', message: 'does not make it by a push', fix: 'build.image and registry' }],
])('a push %s ends with what to do', (_, said, credentials, { code, message, fix }) => {
  const failure = new BacklotError('engine-failed', `Could not push r.example/team/shop:v1: ${said}`, { fix: 'the engine’s' });
  expect(explainPush(failure, { name: 'r.example/team/shop:v1', registry: 'r.example', repository: 'team/shop', credentials })).toMatchObject({ code, message: expect.stringContaining(message) as string, fix: expect.stringContaining(fix) as string });
});

test('an image is pushed and pulled with a login of any length', async () => {
  const { id, address } = await startClosedRegistry();
  const home = await mkdtemp(join(tmpdir(), 'backlot-login-'));
  const name = `${address}/team/shop:v1`;
  const engine = createDockerEngine({ choice: {}, environment: { ...process.env, DOCKER_CONFIG: home }, home });
  onTestFinished(async () => {
    engine.close();
    await docker('rm', '-fv', id);
    await docker('image', 'rm', '-f', name).catch(() => '');
    await rm(home, { recursive: true, force: true });
  });
  for (const user of ['ann', 'anna', 'annie']) {
    await writeFile(join(home, 'config.json'), JSON.stringify(login(address, user, 'secret')));
    await engine.tagImage('redis:7', name, never);
    expect(await engine.pushImage(name, () => {}, never)).toMatch(/^sha256:/);
    await docker('image', 'rm', name);
    await engine.pullImage(name, () => {}, never);
  }
});
