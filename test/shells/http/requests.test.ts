import { get } from 'node:http';
import { describe, expect, test } from 'vitest';
import { namesIn } from '../../../src-main/shells/http/page-files.ts';
import { keyOf, origin, raw, started } from './rig.ts';

describe('a malformed request', () => {
  test('B54: is refused and its connection closed', async () => {
    const server = await started();
    const host = `Host: 127.0.0.1:${server.port}`;
    const cases: readonly (readonly [string, string, number])[] = [
      ['no host', 'GET / HTTP/1.1\r\n\r\n', 400],
      ['no host in HTTP/1.0', 'GET / HTTP/1.0\r\n\r\n', 400],
      ['two hosts', `GET / HTTP/1.1\r\n${host}\r\nHost: evil.example\r\n\r\n`, 400],
      ['an address with a host', `GET http://127.0.0.1:${server.port}/ HTTP/1.1\r\n${host}\r\n\r\n`, 400],
      ['a foreign address', `GET http://evil.example/ HTTP/1.1\r\n${host}\r\n\r\n`, 400],
      ['two lengths', `POST /api/session HTTP/1.1\r\n${host}\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`, 400],
      ['HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 400],
      ['a long header', `GET / HTTP/1.1\r\n${host}\r\nX-Long: ${'a'.repeat(20 * 1024)}\r\n\r\n`, 431],
      ['an encoded slash', `GET /..%2f..%2fetc/passwd.txt HTTP/1.1\r\n${host}\r\n\r\n`, 400],
      ['dots', `GET /assets/../../../etc/passwd HTTP/1.1\r\n${host}\r\n\r\n`, 400],
      ['encoded dots', `GET /%2e%2e/%2e%2e/etc/passwd HTTP/1.1\r\n${host}\r\n\r\n`, 400],
      ['a back-slash', `GET /..\\..\\x.txt HTTP/1.1\r\n${host}\r\n\r\n`, 400],
      ['a zero', `GET /index.html%00.js HTTP/1.1\r\n${host}\r\n\r\n`, 400],
      ['a bad percent', `GET /%zz HTTP/1.1\r\n${host}\r\n\r\n`, 400],
      ['a foreign method', `DELETE / HTTP/1.1\r\n${host}\r\n\r\n`, 405],
      ['a tunnel', `CONNECT evil.example:80 HTTP/1.1\r\n${host}\r\n\r\n`, 0],
    ];
    for (const [name, text, status] of cases) {
      const { statuses } = await raw(server, text);
      expect([name, ...statuses]).toEqual(status === 0 ? [name] : [name, status]);
    }
  });

  test('B54: with a header of 10 MB is cut off, not collected', async () => {
    const server = await started();
    const { statuses } = await raw(server, `GET / HTTP/1.1\r\nHost: 127.0.0.1:${server.port}\r\nX-Long: ${'a'.repeat(10 * 1024 * 1024)}\r\n\r\n`);
    expect([[], [431]]).toContainEqual(statuses);
    expect((await fetch(origin(server))).status).toBe(200);
  });

  test('B54: that never ends its headers is cut off', async () => {
    const server = await started({ limits: { headersTime: 200 } });
    const { statuses } = await raw(server, `GET / HTTP/1.1\r\nHost: 127.0.0.1:${server.port}\r\nX-Slow: `);
    expect(statuses).toEqual([408]);
  });

  test('B54: among pipelined ones does not open the door for those after it', async () => {
    const server = await started();
    const good = `GET / HTTP/1.1\r\nHost: 127.0.0.1:${server.port}\r\n\r\n`;
    const { statuses } = await raw(server, good + good + 'GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n' + good);
    expect(statuses.slice(0, 3)).toEqual([200, 200, 421]);
  });
});

describe('the page', () => {
  test('is served without a key, under a strict policy', async () => {
    const server = await started();
    const response = await fetch(origin(server));
    expect(response.status).toBe(200);
    expect(await response.text()).toContain('<title>Backlot</title>');
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-cache',
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
    });
    const policy = response.headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'none'; script-src 'self';");
    expect(policy).toContain(`connect-src 'self' ws://127.0.0.1:${server.port};`);
    expect(policy).not.toContain('unsafe-eval');
    expect(response.headers.get('set-cookie')).toBeNull();
  });

  test('has its hashed files kept for ever, and sent compressed', async () => {
    const server = await started();
    const response = await fetch(`${origin(server)}/assets/index-Dk3jf8Qa.js`, { headers: { 'accept-encoding': 'gzip' } });
    expect(response.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    expect(response.headers.get('content-encoding')).toBe('gzip');
    expect(Number(response.headers.get('content-length'))).toBeLessThan(200);
    expect(await response.text()).toContain('console.log(1)');
  });

  test('is not sent again while it has not changed', async () => {
    const server = await started();
    const tag = (await fetch(origin(server))).headers.get('etag') ?? '';
    expect(await statusOf(`${origin(server)}/`, { 'if-none-match': tag })).toBe(304);
  });

  test('answers its own views with itself, and a missing file with 404', async () => {
    const server = await started();
    expect((await fetch(`${origin(server)}/services/catalogue`)).status).toBe(200);
    expect((await fetch(`${origin(server)}/assets/gone.js`)).status).toBe(404);
    expect((await fetch(`${origin(server)}/.secret.html`)).status).toBe(404);
  });

  test('B58: finds no file outside its folder', () => {
    expect(namesIn('/assets/a-1.js')).toEqual(['assets', 'a-1.js']);
    expect(namesIn('/')).toEqual(['index.html']);
    expect(namesIn('/services')).toEqual(['index.html']);
    for (const path of ['/../x.js', '/a/%2e%2e/x.js', '/..%2fx.js', '/..%5cx.js', '/x%00.js', '/%', '/%c3%28.js', '/a\\b.js']) expect([path, namesIn(path)]).toEqual([path, 'bad']);
  });
});

test('I9: no key or code is written into what the server tells', async () => {
  const told: string[] = [];
  const server = await started({ onCall: (entry) => told.push(JSON.stringify(entry)) });
  const key = await keyOf(server);
  expect(told.join()).not.toContain(key);
});

function statusOf(url: string, headers: Record<string, string>): Promise<number> {
  return new Promise((resolve, reject) => {
    get(url, { headers }, (response) => (response.resume(), resolve(response.statusCode ?? 0))).on('error', reject);
  });
}
