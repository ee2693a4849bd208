import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { answerChallenge } from '#adapters/registry/authorization.ts';
import { createImageRegistry } from '#adapters/registry/image-registry.ts';
import { makeCertificate } from '../docker/self-signed.ts';
import { addressOf, collect, docker, login, never, noise, registries, sha256, startBetween, startClosedRegistry, startRegistry, stream, type Fault } from './registry-scene.ts';

let open: { readonly id: string; readonly address: string };
beforeAll(async () => {
  open = await startRegistry({ REGISTRY_STORAGE_DELETE_ENABLED: 'true' });
});
afterAll(() => docker('rm', '-fv', open.id));

const OCTETS = 'application/octet-stream';
const MANIFEST = 'application/vnd.oci.image.manifest.v1+json';
const blobOf = (bytes: Uint8Array) => ({ mediaType: OCTETS, open: () => stream(bytes) });

function manifestOf(config: { digest: string; size: number }, more: object = {}) {
  const content = { schemaVersion: 2, mediaType: MANIFEST, artifactType: 'application/vnd.example.thing', config: { ...config, mediaType: 'application/vnd.example.config' }, layers: [], ...more };
  return { mediaType: MANIFEST, bytes: Buffer.from(JSON.stringify(content)) };
}

describe('a registry without authentication', () => {
  test('keeps blobs of any size, pushed without knowing their digest, and gives them back', async () => {
    const repository = (await registries()).repository(`${open.address}/team/blobs`);
    for (const size of [0, 1, 8 * 1024 * 1024, 17_000_003]) {
      const bytes = noise(size);
      const told: number[] = [];
      const pushed = await repository.writeBlob({ ...blobOf(bytes), onProgress: (sent) => told.push(sent) }, never);
      expect(pushed).toEqual({ mediaType: OCTETS, digest: sha256(bytes), size });
      expect(told.at(-1) ?? 0).toBe(size);
      expect(await repository.findBlob(pushed.digest, never)).toBe(size);
      expect((await collect(repository.readBlob(pushed, never))).equals(bytes)).toBe(true);
      expect((await repository.readBytes(pushed, size, never)).equals(bytes)).toBe(true);
    }
    expect(await repository.findBlob(`sha256:${'0'.repeat(64)}`, never)).toBeUndefined();
  });

  test('is not sent again what it has, and takes blobs over from its other repositories', async () => {
    const registry = await registries();
    const bytes = noise(100_000);
    const pushed = await registry.repository(`${open.address}/team/one`).writeBlob(blobOf(bytes), never);
    const opened = () => {
      throw new Error('opened');
    };
    expect(await registry.repository(`${open.address}/team/one`).writeBlob({ mediaType: OCTETS, digest: pushed.digest, open: opened }, never)).toEqual(pushed);
    const other = registry.repository(`${open.address}/team/two`);
    expect(await other.mountBlob(pushed.digest, `${open.address}/team/one`, never)).toBe(true);
    expect(await other.findBlob(pushed.digest, never)).toBe(100_000);
    expect(await other.mountBlob(`sha256:${'1'.repeat(64)}`, `${open.address}/team/one`, never)).toBe(false);
  });

  test('keeps manifests by tag and digest as their very bytes, and lists what refers to one', async () => {
    const repository = (await registries()).repository(`${open.address}/team/manifests`);
    const config = await repository.writeBlob(blobOf(Buffer.from('{}')), never);
    const subject = await repository.writeManifest('v1', manifestOf(config), never);
    const read = await repository.readManifest('v1', never);
    expect(read?.descriptor).toEqual(subject);
    expect((await repository.readManifest(subject.digest, never))?.bytes).toEqual(read?.bytes);
    expect(await repository.findManifest('v1', never)).toEqual(subject);
    expect(await repository.findManifest('none', never)).toBeUndefined();
    expect(await repository.readManifest('none', never)).toBeUndefined();

    const proof = manifestOf(config, { artifactType: 'application/vnd.example.proof', subject, annotations: { by: 'test' } });
    const stored = await repository.writeManifest(sha256(proof.bytes), proof, never);
    await repository.writeManifest(sha256(proof.bytes), proof, never);
    const listed = { ...stored, artifactType: 'application/vnd.example.proof', annotations: { by: 'test' } };
    expect(await repository.referrers(subject.digest, undefined, never)).toEqual([listed]);
    expect(await repository.referrers(subject.digest, 'application/vnd.example.proof', never)).toEqual([listed]);
    expect(await repository.referrers(subject.digest, 'application/vnd.example.other', never)).toEqual([]);
    expect(await repository.referrers(`sha256:${'2'.repeat(64)}`, undefined, never)).toEqual([]);
  });

  test('that lists referrers itself is believed on every page of its list, is sent no list by tag, and is followed nowhere else', async () => {
    const INDEX = 'application/vnd.oci.image.index.v1+json';
    const [digest, elsewhere] = [`sha256:${'3'.repeat(64)}`, await startBetween(open.address, () => ({ status: 200, headers: { 'content-type': INDEX }, body: '{}' }))];
    const entry = (mark: string) => ({ mediaType: MANIFEST, digest: `sha256:${mark.repeat(64)}`, size: 9, artifactType: mark === 'c' ? 'application/vnd.example.other' : 'application/vnd.example.proof' });
    const pages: Readonly<Record<string, { readonly link?: string; readonly marks: readonly string[] }>> = { first: { link: `</v2/team/native/referrers/${digest}?last=a>; rel="next"`, marks: ['a'] }, a: { link: '<?last=c>; rel=next', marks: ['b', 'c'] }, c: { marks: ['d'] } };
    let answer = (url: string) => pages[/last=(\w)/.exec(url)?.[1] ?? 'first'];
    let body: string | undefined;
    const between = await startBetween(open.address, ({ method, url }) => {
      if (method === 'PUT') return { status: 201, headers: { 'oci-subject': digest } };
      if (!url.includes('/referrers/')) return 'pass';
      const { link, marks = [] } = answer(url) ?? {};
      return { status: 200, headers: { 'content-type': INDEX, ...(link !== undefined && { link }) }, body: body ?? JSON.stringify({ schemaVersion: 2, mediaType: INDEX, manifests: marks.map(entry) }) };
    });
    const repository = (await registries()).repository(`${between.address}/team/native`);
    const proof = manifestOf({ digest, size: 2 }, { subject: { mediaType: MANIFEST, digest, size: 7 } });
    await repository.writeManifest(sha256(proof.bytes), proof, never);
    expect(between.asked.filter(({ method }) => method === 'PUT')).toHaveLength(1);
    expect(await repository.referrers(digest, undefined, never)).toEqual(['a', 'b', 'c', 'd'].map(entry));
    between.asked.length = 0;
    expect(await repository.referrers(digest, 'application/vnd.example.proof', never)).toEqual(['a', 'b', 'd'].map(entry));
    expect(between.asked.map(({ method, url }) => `${method} ${url.includes('/referrers/') ? 'list' : url}`)).toEqual(['GET list', 'GET list', 'GET list']);
    answer = () => ({ link: `<http://${elsewhere.address}/v2/team/native/referrers/${digest}>; rel="next"`, marks: ['a'] });
    await expect(repository.referrers(digest, undefined, never)).rejects.toMatchObject({ code: 'registry-failed', message: expect.stringContaining('is not its own') as string });
    expect(elsewhere.asked).toEqual([]);
    answer = () => ({ link: '<?last=a>; rel="next"', marks: ['a'] });
    await expect(repository.referrers(digest, undefined, never)).rejects.toMatchObject({ code: 'registry-failed', message: expect.stringContaining('has no end') as string });
    answer = () => ({ marks: [] });
    for (body of ['', 'null', '[]', '{}', '{"manifests": 5}', '{"manifests": {"length": 1}}']) await expect(repository.referrers(digest, undefined, never)).rejects.toMatchObject({ code: 'registry-failed', message: expect.stringContaining('is none') as string });
    body = JSON.stringify({ manifests: [null, 5, { digest: 7 }, entry('a')] });
    expect(await repository.referrers(digest, undefined, never)).toEqual([entry('a')]);
  });

  test('keeps no upload of what has another digest than it was to have', async () => {
    const between = await startBetween(open.address, () => 'pass');
    const repository = (await registries()).repository(`${between.address}/team/other`);
    const bytes = noise(100_000);
    const other = sha256(noise(10));
    await expect(repository.writeBlob({ ...blobOf(bytes), digest: other }, never)).rejects.toMatchObject({ code: 'registry-failed', message: `What was to be pushed as ${other} has the digest ${sha256(bytes)}` });
    expect(between.asked.map(({ method }) => method)).toEqual(['HEAD', 'POST', 'PATCH', 'DELETE']);
  });

  test('does not read a blob at once that says it is larger than what it stands for', async () => {
    const repository = (await registries()).repository(`${open.address}/team/large`);
    const pushed = await repository.writeBlob(blobOf(noise(1001)), never);
    await expect(repository.readBytes(pushed, 1000, never)).rejects.toMatchObject({ code: 'registry-failed', message: expect.stringContaining('has 1001 bytes') as string });
    // One that says less than it has is caught while it is read.
    await expect(repository.readBytes({ ...pushed, size: 1000 }, 1000, never)).rejects.toMatchObject({ code: 'registry-failed', message: expect.stringContaining('more than its 1000 bytes') as string });
  });

  test('takes what it does not have, and names that are none, for what they are', async () => {
    const registry = await registries();
    const missing = registry.repository(`${open.address}/team/none`).readBlob({ digest: `sha256:${'0'.repeat(64)}`, size: 5 }, never);
    await expect(collect(missing)).rejects.toMatchObject({ code: 'registry-failed', message: expect.stringContaining('has no 127.0.0.1') as string });
    expect(() => registry.repository(`${open.address}/../evil`)).toThrow('not an image name');
    const cancelled = AbortSignal.abort();
    await expect(registry.repository(`${open.address}/team/none`).check(cancelled)).rejects.toMatchObject({ code: 'cancelled' });
  });

  test('gives anybody what was pushed here, by the same digest', async () => {
    const repository = (await registries()).repository(`${open.address}/team/check`);
    await repository.check(never);
    const bytes = noise(1000);
    const pushed = await repository.writeBlob(blobOf(bytes), never);
    const direct = await fetch(`http://${open.address}/v2/team/check/blobs/${pushed.digest}`);
    expect(sha256(Buffer.from(await direct.arrayBuffer()))).toBe(pushed.digest);
  });
});

describe('a registry with authentication', () => {
  test('takes the credentials of Docker, and says what to do without them or with wrong ones', async () => {
    const closed = await startClosedRegistry();
    try {
      const name = `${closed.address}/team/closed`;
      const bytes = noise(9_000_000);
      const signedIn = (await registries(login(closed.address, 'ann', 'secret'))).repository(name);
      await signedIn.check(never);
      const pushed = await signedIn.writeBlob(blobOf(bytes), never);
      expect((await collect(signedIn.readBlob(pushed, never))).equals(bytes)).toBe(true);

      const anonymous = (await registries()).repository(name);
      await expect(anonymous.writeBlob(blobOf(bytes), never)).rejects.toMatchObject({ code: 'registry-denied', message: expect.stringContaining('wants credentials') as string, fix: expect.stringContaining(`docker login ${closed.address}`) as string });
      const wrong = (await registries(login(closed.address, 'ann', 'wrong'))).repository(name);
      const refused = await wrong.check(never).catch((error: unknown) => error as Error);
      expect(refused).toMatchObject({ code: 'registry-denied', message: expect.stringContaining('does not take the credentials') as string });
      expect(JSON.stringify(refused)).not.toContain('wrong');
      const broken = (await registries({ credsStore: 'nonesuch' })).repository(name);
      await expect(broken.check(never)).rejects.toMatchObject({ code: 'registry-denied', message: expect.stringContaining('no program docker-credential-nonesuch') as string });
    } finally {
      await docker('rm', '-fv', closed.id);
    }
  });

  test('gets a token from the service that the registry names, with the scope that the call needs', async () => {
    const service = await startBetween(open.address, ({ authorization }) => (authorization === `Basic ${Buffer.from('ann:secret').toString('base64')}` ? { status: 200, body: '{"token":"t-1"}' } : { status: 401 }));
    const challenge = { 'www-authenticate': `Bearer realm="http://${service.address}/token",service="here"` };
    const between = await startBetween(open.address, ({ authorization }) => (authorization === 'Bearer t-1' ? 'pass' : { status: 401, headers: challenge }));
    const name = `${between.address}/team/tokens`;
    const repository = (await registries(login(between.address, 'ann', 'secret'))).repository(name);
    const pushed = await repository.writeBlob(blobOf(noise(1000)), never);
    await repository.findBlob(pushed.digest, never);
    await repository.findBlob(pushed.digest, never);
    expect(service.asked.map(({ url }) => new URLSearchParams(url.slice(url.indexOf('?'))).get('scope'))).toEqual(['repository:team/tokens:pull,push', 'repository:team/tokens:pull']);
    await expect((await registries()).repository(name).check(never)).rejects.toMatchObject({ code: 'registry-denied' });
  });

  test('gets another token where one stops counting in the middle of a push', async () => {
    let given = 0;
    let counts = 1;
    const service = await startBetween(open.address, () => ({ status: 200, body: JSON.stringify({ token: `t-${++given}` }) }));
    const challenge = { 'www-authenticate': `Bearer realm="http://${service.address}/token",service="here"` };
    const between = await startBetween(open.address, ({ method, authorization }) => {
      if (authorization !== `Bearer t-${counts}`) return { status: 401, headers: challenge };
      // The first piece is taken still; from the next request on the token is over.
      if (method === 'PATCH' && counts === 1) counts = 2;
      return 'pass';
    });
    const bytes = noise(17_000_003);
    const repository = (await registries(login(between.address, 'ann', 'secret'))).repository(`${between.address}/team/expired`);
    const pushed = await repository.writeBlob(blobOf(bytes), never);
    expect(pushed).toMatchObject({ digest: sha256(bytes), size: bytes.length });
    expect(counts).toBe(2);
    expect(await (await registries()).repository(`${open.address}/team/expired`).findBlob(pushed.digest, never)).toBe(bytes.length);
  });

  test('is not answered with credentials where they would travel unprotected', async () => {
    const between = await startBetween(open.address, () => ({ status: 401, headers: { 'www-authenticate': 'Bearer realm="http://tokens.evil.example/t",service="x"' } }));
    const repository = (await registries(login(between.address, 'ann', 'secret'))).repository(`${between.address}/team/x`);
    await expect(repository.check(never)).rejects.toMatchObject({ code: 'registry-denied', message: expect.stringContaining('would not be safe') as string });
  });

  test('is not answered without TLS where it has TLS itself', async () => {
    const asked = { host: 'registry.example', scope: 'repository:team/x:pull', login: { username: 'ann', password: 'secret' }, tls: { verify: true }, limits: { head: 1000, idle: 1000 } };
    const challenge = 'Bearer realm="http://registry.example/token",service="x"';
    await expect(answerChallenge(challenge, { ...asked, protocol: 'https:' }, never)).rejects.toMatchObject({ code: 'registry-denied', message: expect.stringContaining('would not be safe') as string });
    // Without TLS it has them from us all the same: here it is only not there.
    await expect(answerChallenge(challenge, { ...asked, protocol: 'http:' }, never)).rejects.not.toMatchObject({ code: 'registry-denied' });
  });

  test('is answered as soon as somebody has signed in, and with other credentials once the first are not taken', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'backlot-login-'));
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    const basic = (password: string) => `Basic ${Buffer.from(`ann:${password}`).toString('base64')}`;
    let taken = 'secret';
    const between = await startBetween(open.address, ({ authorization }) => (authorization === basic(taken) ? 'pass' : { status: 401, headers: { 'www-authenticate': 'Basic realm="x"' } }));
    const repository = createImageRegistry({ environment: { DOCKER_CONFIG: folder }, home: folder }).repository(`${between.address}/team/later`);
    const signIn = (password: string) => writeFile(join(folder, 'config.json'), JSON.stringify(login(between.address, 'ann', password)));
    await expect(repository.check(never)).rejects.toMatchObject({ code: 'registry-denied', message: expect.stringContaining('none are set up') as string });
    await signIn('secret');
    await repository.check(never);
    taken = 'other';
    await expect(repository.check(never)).rejects.toMatchObject({ code: 'registry-denied', message: expect.stringContaining('does not take') as string });
    await signIn('other');
    await repository.check(never);
  });

  test('is told apart from one that does not allow it', async () => {
    const between = await startBetween(open.address, () => ({ status: 403, body: '{"errors":[{"code":"DENIED","message":"no access for you"}]}' }));
    await expect((await registries()).repository(`${between.address}/team/x`).check(never)).rejects.toMatchObject({ code: 'registry-denied', message: expect.stringContaining('no access for you') as string });
  });
});

describe('F29: a registry in trouble', () => {
  test('that is not there is named, with what to look at', async () => {
    const repository = (await registries()).repository('127.0.0.1:1/team/x');
    await expect(repository.check(never)).rejects.toMatchObject({ code: 'registry-failed', message: expect.stringContaining('did not answer while asking for') as string, fix: expect.stringContaining('reachable') as string });
  });

  test('that asks to slow down is waited for as long as it says, and given up where that is too long', async () => {
    let refusals = 2;
    const between = await startBetween(open.address, () => (refusals-- > 0 ? { status: 429, headers: { 'retry-after': '1' } } : 'pass'));
    const began = performance.now();
    await (await registries()).repository(`${between.address}/team/slow`).check(never);
    expect(performance.now() - began).toBeGreaterThan(1900);
    const endless = await startBetween(open.address, () => ({ status: 429, headers: { 'retry-after': '3600' } }));
    await expect((await registries()).repository(`${endless.address}/team/slow`).check(never)).rejects.toMatchObject({ code: 'registry-failed', fix: expect.stringContaining('slow down') as string });
  });

  test('that fails for a moment is asked again, and not forever', async () => {
    let failures = 2;
    const between = await startBetween(open.address, () => (failures-- > 0 ? { status: 503 } : 'pass'));
    await (await registries()).repository(`${between.address}/team/x`).check(never);
    const broken = await startBetween(open.address, () => ({ status: 500, body: '{"errors":[{"code":"UNKNOWN","message":"boom"}]}' }));
    await expect((await registries()).repository(`${broken.address}/team/x`).check(never)).rejects.toMatchObject({ code: 'registry-failed', message: expect.stringContaining('answered 500 while asking for') as string });
    // One question for the scheme's sake, which counts too.
    expect(broken.asked.length).toBeLessThanOrEqual(5);
  });

  test('that is slow is waited for, and one that says nothing, or no more, is given up with its name', async () => {
    const direct = (await registries()).repository(`${open.address}/team/quiet`);
    const pushed = await direct.writeManifest('v1', manifestOf(await direct.writeBlob(blobOf(Buffer.from('{}')), never)), never);
    const ask = async (fault: Fault, limits: { readonly head: number; readonly idle: number }) => {
      const between = await startBetween(open.address, () => fault);
      const repository = (await registries({}, { limits })).repository(`${between.address}/team/quiet`);
      const ended = await repository.readManifest('v1', never).catch((error: unknown) => error);
      return { ended, asked: between.asked.length, address: between.address };
    };
    const [slow, silent, stuck] = await Promise.all([ask({ delay: 500 }, { head: 10_000, idle: 10_000 }), ask('silent', { head: 200, idle: 10_000 }), ask({ silentAfter: 20 }, { head: 10_000, idle: 200 })]);
    expect(slow).toMatchObject({ ended: { descriptor: pushed }, asked: 1 });
    expect(silent).toMatchObject({ ended: { code: 'registry-failed', message: `The registry ${silent.address} did not answer while reading from ${silent.address}/team/quiet: no answer within 0.2 s` }, asked: 4 });
    expect(stuck).toMatchObject({ ended: { code: 'registry-failed', message: `The registry ${stuck.address} did not answer while reading from ${stuck.address}/team/quiet: nothing came for 0.2 s` }, asked: 4 });
  });

  test('whose disk is full says so', async () => {
    const body = '{"errors":[{"code":"UNKNOWN","message":"unknown error","detail":{"Path":"/var/lib/registry","Err":"no space left on device"}}]}';
    const between = await startBetween(open.address, ({ method }) => (method === 'PATCH' || method === 'PUT' ? { status: 500, body } : 'pass'));
    for (const size of [1000, 100_000]) await expect((await registries()).repository(`${between.address}/team/full`).writeBlob(blobOf(noise(size)), never)).rejects.toMatchObject({ code: 'registry-failed', message: expect.stringContaining('has no room') as string });
  });

  test('that is read-only says so', async () => {
    const between = await startBetween(open.address, ({ method }) => (method === 'POST' ? { status: 405, body: 'Method not allowed' } : 'pass'));
    await expect((await registries()).repository(`${between.address}/team/shut`).writeBlob(blobOf(noise(1000)), never)).rejects.toMatchObject({ code: 'registry-failed', message: expect.stringContaining('takes no pushes') as string });
  });

  test('whose certificate nobody vouches for is not spoken to, unless its authority is set up as for Docker', async () => {
    const certificate = makeCertificate();
    const between = await startBetween(open.address, () => 'pass', certificate);
    const folder = await mkdtemp(join(tmpdir(), 'backlot-certs-'));
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    // By its address on this machine any certificate will do, as with Docker.
    await (await registries()).repository(`${between.address}/team/x`).check(never);
    await mkdir(join(folder, between.address));
    await writeFile(join(folder, between.address, 'ca.crt'), makeCertificate().cert);
    await expect((await registries({}, { certificates: [folder] })).repository(`${between.address}/team/x`).check(never)).rejects.toMatchObject({ code: 'registry-failed' });
    await writeFile(join(folder, between.address, 'ca.crt'), certificate.cert);
    await (await registries({}, { certificates: [folder] })).repository(`${between.address}/team/x`).check(never);
  });

  test('redirects to storage elsewhere without telling it who we are', async () => {
    const bytes = noise(5000);
    const storage = await startBetween(open.address, () => ({ status: 200, body: bytes }));
    const between = await startBetween(open.address, ({ url, authorization }) =>
      authorization === undefined ? { status: 401, headers: { 'www-authenticate': 'Basic realm="x"' } } : url.includes('/blobs/') ? { status: 307, headers: { location: `http://${storage.address}/bucket/blob?signed=1` } } : 'pass',
    );
    const repository = (await registries(login(between.address, 'ann', 'secret'))).repository(`${between.address}/team/x`);
    expect((await collect(repository.readBlob({ digest: sha256(bytes), size: 5000 }, never))).equals(bytes)).toBe(true);
    expect(storage.asked).toEqual([{ method: 'GET', url: '/bucket/blob?signed=1', authorization: undefined, range: undefined }]);
  });

  test('that lost the end of a blob, and answers 416 from there on, is said to have less than the manifest says', async () => {
    const bytes = noise(5000);
    const between = await startBetween(open.address, ({ range }) => (range === undefined ? { status: 200, body: bytes } : { status: 416 }));
    const repository = (await registries()).repository(`${between.address}/team/x`);
    await expect(collect(repository.readBlob({ digest: sha256(bytes), size: 9000 }, never))).rejects.toMatchObject({ code: 'registry-failed', message: expect.stringMatching(/has only 5000 bytes of the blob .*, and the manifest says 9000$/) as string });
  });

  test('that changes content is found out at the end of the blob, and for manifests at once', async () => {
    const bytes = noise(5000);
    const bent = Buffer.from(bytes);
    bent[4000] = (bent[4000] ?? 0) ^ 1;
    const between = await startBetween(open.address, () => ({ status: 200, body: bent }));
    const repository = (await registries()).repository(`${between.address}/team/x`);
    await expect(collect(repository.readBlob({ digest: sha256(bytes), size: 5000 }, never))).rejects.toMatchObject({ code: 'registry-failed', message: expect.stringContaining('not what its digest says') as string });
    await expect(collect(repository.readBlob({ digest: sha256(bytes), size: 4999 }, never))).rejects.toMatchObject({ message: expect.stringContaining('more than its 4999 bytes') as string });
    await expect(collect(repository.readBlob({ digest: sha256(bytes), size: 5001 }, never))).rejects.toMatchObject({ code: 'registry-failed', message: expect.stringContaining('only 5000 of its 5001 bytes') as string });
    await expect(repository.readManifest(sha256(bytes), never)).rejects.toMatchObject({ message: expect.stringContaining('not what its digest says') as string });
  });
});

describe('a connection that is lost in the middle', () => {
  test('of a pull goes on from where it was', async () => {
    const bytes = noise(3_000_000);
    const pushed = await (await registries()).repository(`${open.address}/team/resumed`).writeBlob(blobOf(bytes), never);
    let cuts = 3;
    const between = await startBetween(open.address, ({ url }) => (url.includes('/blobs/') && cuts-- > 0 ? { cutAnswerAfter: 700_000 } : 'pass'));
    const repository = (await registries()).repository(`${between.address}/team/resumed`);
    expect((await collect(repository.readBlob(pushed, never))).equals(bytes)).toBe(true);
    expect(between.asked.filter(({ url }) => url.includes('/blobs/')).map(({ range }) => range !== undefined)).toEqual([false, true, true, true]);
  });

  test('of a manifest or of a list begins anew', async () => {
    let cuts = 0;
    const between = await startBetween(open.address, ({ url }) => (/manifests|referrers/.test(url) && cuts-- > 0 ? { cutAnswerAfter: 5 } : 'pass'));
    const repository = (await registries()).repository(`${between.address}/team/cut`);
    const config = await repository.writeBlob(blobOf(Buffer.from('{}')), never);
    const subject = await repository.writeManifest('v1', manifestOf(config), never);
    cuts = 2;
    expect((await repository.readManifest('v1', never))?.descriptor).toEqual(subject);
    cuts = 2;
    expect(await repository.referrers(subject.digest, undefined, never)).toEqual([]);
  });

  test('of a push goes on, or begins anew, and ends with the same content', async () => {
    const bytes = noise(20_000_000);
    for (const fault of ['hang-up', { cutRequestAfter: 3_000_000 }] as const) {
      let cuts = 2;
      const between = await startBetween(open.address, ({ method }) => (method === 'PATCH' && cuts-- > 0 ? fault : 'pass'));
      const repository = (await registries()).repository(`${between.address}/team/pushed-${typeof fault}`);
      const pushed = await repository.writeBlob(blobOf(bytes), never);
      expect(pushed.digest).toBe(sha256(bytes));
      expect(await repository.findBlob(pushed.digest, never)).toBe(bytes.length);
    }
  });

  test('of what is small begins anew, and usually takes two requests', async () => {
    const bytes = noise(1000);
    let cuts = 1;
    const between = await startBetween(open.address, ({ method }) => (method === 'PUT' && cuts-- > 0 ? 'hang-up' : 'pass'));
    const repository = (await registries()).repository(`${between.address}/team/small`);
    expect(await repository.writeBlob(blobOf(bytes), never)).toMatchObject({ digest: sha256(bytes), size: 1000 });
    expect(await repository.findBlob(sha256(bytes), never)).toBe(1000);
    between.asked.length = 0;
    await repository.writeBlob(blobOf(bytes), never);
    expect(between.asked.map(({ method }) => method)).toEqual(['POST', 'PUT']);
  });

  test('for good ends the push with the registry’s name, and cancelling ends it at once', async () => {
    const between = await startBetween(open.address, ({ method }) => (method === 'PATCH' ? 'hang-up' : 'pass'));
    const repository = (await registries()).repository(`${between.address}/team/lost`);
    await expect(repository.writeBlob(blobOf(noise(100_000)), never)).rejects.toMatchObject({ code: 'registry-failed', message: expect.stringContaining(between.address) as string });
    const controller = new AbortController();
    const endless = async function* () {
      for (;;) {
        yield noise(1_000_000);
        setImmediate(() => controller.abort());
        await new Promise((resolve) => setImmediate(resolve));
      }
    };
    await expect((await registries()).repository(`${open.address}/team/cancelled`).writeBlob({ mediaType: OCTETS, open: endless }, controller.signal)).rejects.toMatchObject({ code: 'cancelled' });
  });

  test('because the registry was stopped and came back ends well all the same', async () => {
    const own = await startRegistry();
    try {
      const bytes = noise(30_000_000);
      const repository = (await registries()).repository(`${own.address}/team/stopped`);
      let restarted: Promise<unknown> | undefined;
      const source = async function* () {
        for await (const chunk of stream(bytes, 1_000_000)) {
          yield chunk;
          restarted ??= docker('restart', '-t', '0', own.id);
        }
      };
      const pushed = await repository.writeBlob({ mediaType: OCTETS, open: source }, never).then(
        (descriptor) => ({ descriptor }),
        (error: unknown) => ({ error }),
      );
      await restarted;
      // The engine may give it another port: then it is gone for us, and said to be.
      if ((await addressOf(own.id)) === own.address) expect(pushed).toEqual({ descriptor: { mediaType: OCTETS, digest: sha256(bytes), size: bytes.length } });
      else expect(pushed).toMatchObject({ error: { code: 'registry-failed' } });
    } finally {
      await docker('rm', '-fv', own.id);
    }
  });
});
