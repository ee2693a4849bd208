import { describe, expect, test } from 'vitest';
import type { Server } from '../../../src-main/shells/http/main.ts';
import { exchange, keyOf, opened, origin, raw, started, tryUpgrade } from './rig.ts';

const ROUTES: readonly (readonly [method: string, path: string])[] = [
  ['GET', '/api/session'],
  ['GET', '/api/nothing'],
  ['PUT', '/api/session'],
  ['GET', '/ws'],
  ['GET', '/artifact/1'],
  ['GET', '/metrics'],
  ['GET', '/API/session'],
];

const request = (server: Server, method: string, path: string, headers: Record<string, string> = {}) =>
  raw(
    server,
    [`${method} ${path} HTTP/1.1`, ...Object.entries({ Host: `127.0.0.1:${server.port}`, Connection: 'close', 'Content-Length': '0', ...headers }).map(([name, value]) => `${name}: ${value}`), '', ''].join('\r\n'),
  );

describe('every route', () => {
  test.each(ROUTES)('%s %s without a key is refused with 401', async (method, path) => {
    const server = await started();
    expect((await request(server, method, path)).statuses).toEqual([401]);
    expect((await request(server, method, path, { Authorization: `Bearer ${'a'.repeat(43)}` })).statuses).toEqual([401]);
    expect((await request(server, method, `${path}?token=${await keyOf(server)}`)).statuses).toEqual([401]);
  });

  test.each(ROUTES)('%s %s from a foreign origin is refused with 403, even with the key', async (method, path) => {
    const server = await started();
    const authorization = `Bearer ${await keyOf(server)}`;
    for (const foreign of ['http://evil.example', 'null', `http://127.0.0.1:${server.port + 1}`, `https://127.0.0.1:${server.port}`, `http://localhost:${server.port}`]) {
      expect((await request(server, method, path, { Authorization: authorization, Origin: foreign })).statuses).toEqual([403]);
    }
    for (const site of ['cross-site', 'same-site']) {
      expect((await request(server, method, path, { Authorization: authorization, 'Sec-Fetch-Site': site })).statuses).toEqual([403]);
    }
  });

  test.each([...ROUTES, ['GET', '/'], ['POST', '/api/session']] as const)('B54: %s %s for a foreign host is refused with 421 and no body, even with the key', async (method, path) => {
    const server = await started();
    const authorization = `Bearer ${await keyOf(server)}`;
    for (const host of ['evil.example', `evil.example:${server.port}`, '127.0.0.1', `127.0.0.1:${server.port + 1}`, `127.0.0.1.evil.example:${server.port}`, 'localhost.:80']) {
      const { statuses, text } = await request(server, method, path, { Host: host, Authorization: authorization, 'X-Forwarded-Host': `127.0.0.1:${server.port}` });
      expect(statuses).toEqual([421]);
      expect(text.split('\r\n\r\n')[1]).toBe('');
    }
  });

  test('with the key is answered, under each of the names of this machine', async () => {
    const server = await started({ directory: '/projects/shop' });
    const authorization = `Bearer ${await keyOf(server)}`;
    for (const name of ['127.0.0.1', '[::1]', 'localhost', 'backlot.localhost', 'LOCALHOST']) {
      const { statuses, text } = await request(server, 'GET', '/api/session', { Host: `${name}:${server.port}`, Authorization: authorization });
      expect(statuses).toEqual([200]);
      expect(text).toContain('{"directory":"/projects/shop"}');
    }
    expect((await request(server, 'GET', '/api/nothing', { Authorization: authorization })).statuses).toEqual([404]);
    expect((await request(server, 'PUT', '/api/session', { Authorization: authorization })).statuses).toEqual([405]);
  });

  test('never allows another site to read its answers', async () => {
    const server = await started();
    const { text } = await request(server, 'OPTIONS', '/api/session', { Origin: 'http://evil.example', 'Access-Control-Request-Method': 'POST' });
    expect(text).toMatch(/^HTTP\/1\.1 403/);
    expect(text.toLowerCase()).not.toContain('access-control');
  });
});

describe('the socket', () => {
  test('B55: without a key is refused with 401', async () => {
    const server = await started();
    expect(await tryUpgrade(server, ['backlot.v1'], { origin: origin(server) })).toBe(401);
    expect(await tryUpgrade(server, ['backlot.v1', `bearer.${'a'.repeat(43)}`], { origin: origin(server) })).toBe(401);
    expect(await tryUpgrade(server, ['backlot.v1'], { origin: origin(server) }, `/ws?token=${await keyOf(server)}`)).toBe(401);
  });

  test('from a foreign origin or for a foreign host is refused, even with the key', async () => {
    const server = await started();
    const protocols = ['backlot.v1', `bearer.${await keyOf(server)}`];
    expect(await tryUpgrade(server, protocols, { origin: 'http://evil.example' })).toBe(403);
    expect(await tryUpgrade(server, protocols, { origin: origin(server), headers: { host: 'evil.example' } })).toBe(421);
  });

  test('needs an origin, unless the key stands in a header that no page can set', async () => {
    const server = await started();
    const key = await keyOf(server);
    expect(await tryUpgrade(server, ['backlot.v1', `bearer.${key}`])).toBe(403);
    expect(await tryUpgrade(server, ['backlot.v1'], { headers: { authorization: `Bearer ${key}` } })).toBeTypeOf('object');
  });

  test('answers with its own protocol and never with the key', async () => {
    const server = await started();
    expect((await opened(server, await keyOf(server))).protocol).toBe('backlot.v1');
  });

  test('is nowhere but at its own path', async () => {
    const server = await started();
    expect(await tryUpgrade(server, ['backlot.v1', `bearer.${await keyOf(server)}`], { origin: origin(server) }, '/')).toBe(404);
  });
});

describe('a one-time code', () => {
  test('opens the page once', async () => {
    const server = await started();
    const code = server.url.split('#k=')[1] ?? '';
    expect((await exchange(server, code)).status).toBe(200);
    expect((await exchange(server, code)).status).toBe(401);
  });

  test('that was used is followed by a fresh address', async () => {
    const announced: string[] = [];
    const server = await started({ onAddress: (url) => announced.push(url) });
    expect(announced).toEqual([server.url]);
    await keyOf(server);
    expect(announced).toHaveLength(2);
    expect(await keyOf(server, announced[1])).toMatch(/^[\w-]{43}$/);
  });

  test('is no key, and no key is a code', async () => {
    const server = await started();
    const code = server.url.split('#k=')[1] ?? '';
    expect((await fetch(`${origin(server)}/api/session`, { headers: { authorization: `Bearer ${code}` } })).status).toBe(401);
    expect((await exchange(server, await keyOf(server))).status).toBe(401);
  });

  test('is taken as JSON only, so that another site cannot send one unasked', async () => {
    const server = await started();
    const body = JSON.stringify({ code: server.url.split('#k=')[1] });
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data']) {
      expect((await fetch(`${origin(server)}/api/session`, { method: 'POST', headers: { 'content-type': type }, body })).status).toBe(415);
    }
  });

  test.each([['{', 400], ['null', 401], ['[]', 401], ['{"code":1}', 401], ['{"__proto__":{"code":"x"}}', 401], [`"${'x'.repeat(2 ** 20)}"`, 413]])(
    'B56: with a body like %.30s is refused',
    async (body, status) => {
      const server = await started();
      const response = await fetch(`${origin(server)}/api/session`, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
      expect(response.status).toBe(status);
    },
  );
});
