import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { isImageId, parseImageName } from '#adapters/docker/image-name.ts';
import { PullTotals } from '#adapters/docker/pull-progress.ts';
import { findCredentials } from '#adapters/docker/registry-credentials.ts';
import { never } from './engine-fixture.ts';

/** Looks credentials up with a config file and helper programs of this test's own. */
async function lookUp(registry: string, config: unknown, helpers: Record<string, string> = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'backlot-credentials-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(join(folder, 'config.json'), typeof config === 'string' ? config : JSON.stringify(config));
  for (const [name, script] of Object.entries(helpers)) {
    writeFileSync(join(folder, `docker-credential-${name}`), `#!/bin/sh\n${script}\n`);
    chmodSync(join(folder, `docker-credential-${name}`), 0o755);
  }
  const found = await findCredentials(registry, { environment: { DOCKER_CONFIG: folder, PATH: `${folder}:${process.env['PATH']}` }, home: '/nonexistent' }, never());
  return { problem: found.problem, login: found.header === undefined ? undefined : (JSON.parse(Buffer.from(found.header.reveal(), 'base64url').toString()) as unknown) };
}

const answer = (username: string, secret: string) => `read server; printf '{"ServerURL":"%s","Username":"${username}","Secret":"${secret}"}' "$server"`;
const auth = (text: string) => ({ auth: Buffer.from(text).toString('base64') });

describe("a registry's credentials", () => {
  test("come from the registry's own helper, then the common one, then the file", async () => {
    const config = { credHelpers: { 'own.example': 'own' }, credsStore: 'common', auths: { 'own.example': auth('file:1'), 'other.example': auth('file:2') } };
    const helpers = { own: answer('own', 's1'), common: `read server; [ "$server" = third.example ] && printf '{"Username":"common","Secret":"s2"}' || { echo credentials not found in native keychain; exit 1; }` };
    expect((await lookUp('own.example', config, helpers)).login).toEqual({ username: 'own', password: 's1', serveraddress: 'own.example' });
    expect((await lookUp('third.example', config, helpers)).login).toEqual({ username: 'common', password: 's2', serveraddress: 'third.example' });
    expect((await lookUp('other.example', config, helpers)).login).toEqual({ username: 'file', password: '2', serveraddress: 'other.example' });
    expect(await lookUp('none.example', config, helpers)).toEqual({ problem: undefined, login: undefined });
  });

  test('are asked for by the hub in its old address, and may be an identity token', async () => {
    const helper = `read server; [ "$server" = https://index.docker.io/v1/ ] && printf '{"Username":"<token>","Secret":"t"}'`;
    expect((await lookUp('docker.io', { credsStore: 'hub' }, { hub: helper })).login).toEqual({ identitytoken: 't', serveraddress: 'https://index.docker.io/v1/' });
    expect((await lookUp('docker.io', { auths: { 'https://index.docker.io/v1/': auth('me:a:b') } })).login).toMatchObject({ username: 'me', password: 'a:b' });
  });

  test('B52: are none, with the reason, where the file or the helper is broken', async () => {
    expect(await lookUp('a.example', '{broken')).toMatchObject({ login: undefined, problem: expect.stringContaining('not valid JSON') as string });
    expect(await lookUp('a.example', { credsStore: 'nonesuch' })).toMatchObject({ problem: expect.stringContaining('no program docker-credential-nonesuch') as string });
    expect(await lookUp('a.example', { credsStore: 'junk' }, { junk: 'echo junk' })).toMatchObject({ problem: expect.stringContaining('did not answer in JSON') as string });
    expect(await lookUp('a.example', { credsStore: 'huge' }, { huge: 'yes' })).toMatchObject({ problem: expect.stringContaining('more than 64 KiB') as string });
    expect(await lookUp('a.example', { credsStore: '../evil' })).toMatchObject({ problem: expect.stringContaining('not the name of a credential helper') as string });
  });

  test('B52: are none after ten seconds of a helper that hangs', async () => {
    const began = performance.now();
    expect(await lookUp('a.example', { credsStore: 'hung' }, { hung: 'sleep 60' })).toMatchObject({ login: undefined, problem: expect.stringContaining('within 10 s') as string });
    expect(performance.now() - began).toBeLessThan(13_000);
  });
});

describe('an image name', () => {
  test.each([
    ['redis', { registry: 'docker.io', repository: 'redis', reference: 'latest' }],
    ['redis:7', { registry: 'docker.io', repository: 'redis', reference: '7' }],
    ['a/b:c', { registry: 'docker.io', repository: 'a/b', reference: 'c' }],
    ['localhost/a', { registry: 'localhost', repository: 'localhost/a', reference: 'latest' }],
    ['registry.example:5000/a/b', { registry: 'registry.example:5000', repository: 'registry.example:5000/a/b', reference: 'latest' }],
    [`r.example/a:1@sha256:${'a'.repeat(64)}`, { registry: 'r.example', repository: 'r.example/a', reference: `sha256:${'a'.repeat(64)}` }],
  ])('%s is taken apart', (name, parts) => {
    expect(parseImageName(name)).toEqual(parts);
  });

  test.each(['', '-rf', 'a b', 'a;b', 'A', 'a:', 'a@b', '../x', 'a//b', 'x'.repeat(600), 'a:$(id)', 'http://a/b'])('B23: %j is refused', (name) => {
    expect(() => parseImageName(name)).toThrow(/is not an image name/);
  });

  test('is not the id of an image', () => {
    expect([isImageId('sha256:' + 'a'.repeat(64)), isImageId('cecb01c667a0'), isImageId('redis')]).toEqual([true, true, false]);
  });
});

describe('progress of a pull', () => {
  test('adds up bytes over all layers and never goes back within a phase', () => {
    const totals = new PullTotals();
    const seen = [
      { status: 'Pulling from a/b', id: 'latest' },
      { status: 'Already exists', id: 'x' },
      { status: 'Downloading', id: 'a', progressDetail: { current: 10, total: 100 } },
      { status: 'Downloading', id: 'b', progressDetail: { current: 50, total: 300 } },
      { status: 'Download complete', id: 'a' },
      { status: 'Extracting', id: 'a', progressDetail: { current: 100, total: 100 } },
      { status: 'Download complete', id: 'b' },
      { status: 'Extracting', id: 'b', progressDetail: { current: 30, total: 300 } },
      { status: 'Pull complete', id: 'b' },
    ].map((message) => {
      totals.add(message);
      const { phase, done, total } = totals.progress();
      return `${phase} ${done}/${total}`;
    });
    expect(seen).toEqual(['waiting 0/0', 'waiting 0/0', 'downloading 10/100', 'downloading 60/400', 'downloading 150/400', 'downloading 150/400', 'unpacking 100/400', 'unpacking 130/400', 'unpacking 400/400']);
  });
});
