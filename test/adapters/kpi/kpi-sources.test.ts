import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { askHaproxy } from '#adapters/haproxy/runtime-api.ts';
import { createKpiSources } from '#adapters/kpi/kpi-sources.ts';
import { createProcessRunner } from '#adapters/process/process-runner.ts';
import type { Balancer, KpiQuery } from '#ports/kpi-source.ts';
import { docker, never } from '../registry/registry-scene.ts';

const sources = createKpiSources({ processes: createProcessRunner(process.env) });
const open = (query: KpiQuery) => sources.open(query, async (text) => Promise.resolve(text as string));

const CONFIG = `global
  stats socket ipv4@*:9999 level user
defaults
  mode http
  timeout connect 2s
  timeout client 5s
  timeout server 5s
frontend in
  bind :8080
  default_backend shop
backend shop
  server one 127.0.0.1:8081
frontend app
  bind :8081
  http-request return status 500 if { path /bad }
  http-request return status 200
`;

/** A real HAProxy whose program answers /bad with 500. */
async function startHaproxy(): Promise<{ readonly url: string; readonly socket: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'bt-haproxy-'));
  await writeFile(join(folder, 'haproxy.cfg'), CONFIG, { mode: 0o644 });
  const id = await docker('run', '-d', '--label', 'dev.backlot.test=1', '-p', '127.0.0.1::8080', '-p', '127.0.0.1::9999', '-v', `${join(folder, 'haproxy.cfg')}:/tmp/haproxy.cfg:ro`, 'haproxy:2.6', 'haproxy', '-W', '-db', '-f', '/tmp/haproxy.cfg');
  onTestFinished(async () => {
    await docker('rm', '-fv', id);
    await rm(folder, { recursive: true, force: true });
  });
  const address = async (port: string) => (await docker('port', id, port)).split('\n')[0] ?? '';
  const url = `http://${await address('8080/tcp')}`;
  for (const end = performance.now() + 15_000; ; ) {
    const status = await fetch(url, { signal: AbortSignal.timeout(1000) }).then((answer) => answer.status, () => 0);
    if (status === 200) return { url, socket: await address('9999/tcp') };
    if (performance.now() > end) throw new Error('HAProxy does not answer');
  }
}

describe('an address with a password', () => {
  test('is asked with it, and told without it', async () => {
    const asked: (string | undefined)[] = [];
    const listener = http.createServer((request, response) => void (asked.push(request.headers.authorization), response.end('{"status":"success","data":{"resultType":"scalar","result":[1,"7"]}}')));
    await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
    const place = `http://ann:hunter%402@127.0.0.1:${(listener.address() as AddressInfo).port}`;
    const probe = await open({ kind: 'http', url: place });
    expect(await probe.read(never)).toEqual({ value: expect.any(Number) as number });
    const prometheus = await open({ kind: 'prometheus', url: place, query: 'up' });
    expect(await prometheus.read(never)).toEqual({ value: 7 });
    expect(new Set(asked)).toEqual(new Set([`Basic ${Buffer.from('ann:hunter@2').toString('base64')}`]));
    listener.closeAllConnections();
    await new Promise((resolve) => listener.close(resolve));
    expect(JSON.stringify([await probe.read(never), await prometheus.read(never)])).not.toContain('hunter');
  });
});

describe('HAProxy', () => {
  test('tells the error rate of a backend since the last look, and says what it cannot tell', async () => {
    const { url, socket } = await startHaproxy();
    const ask = async (...paths: string[]) => void (await Promise.all(paths.map(async (path) => (await fetch(`${url}/${path}`)).arrayBuffer())));
    const rate = await open({ kind: 'haproxy', backend: 'shop', metric: 'error-rate', socket });
    expect(await rate.read(never)).toEqual({ idle: true, why: 'the first look' });
    expect(await rate.read(never)).toEqual({ idle: true, why: 'no requests' });
    await ask('', '', '');
    expect(await rate.read(never)).toEqual({ value: 0 });
    await ask('', 'bad', '', 'bad');
    expect(await rate.read(never)).toEqual({ value: 50 });
    const time = await open({ kind: 'haproxy', backend: 'shop', metric: 'response-time', socket });
    await time.read(never);
    await ask('');
    expect((await time.read(never)).value).toBeGreaterThanOrEqual(0);
    expect(await (await open({ kind: 'haproxy', backend: 'none', metric: 'error-rate', socket })).read(never)).toEqual({ why: 'HAProxy has no backend none, only shop' });
    const balancer: Balancer = { ask: (command: string, signal: AbortSignal) => askHaproxy(socket, command, signal), servers: () => Promise.resolve({ now: 'green', before: 'blue' }), probe: () => Promise.reject(new Error('not asked for')), port: () => Promise.resolve(undefined) };
    expect(await (await open({ kind: 'haproxy', backend: 'none', metric: 'error-rate', balancer })).read(never)).toMatchObject({ why: 'HAProxy has no backend none, only shop' });
    expect(await (await open({ kind: 'haproxy', backend: 'shop', metric: 'error-rate', balancer })).read(never)).toMatchObject({ why: 'HAProxy has no server green in shop' });
  });
});

describe('other sources', () => {
  test('Prometheus: one series or a scalar is a value, anything else says why it is none', async () => {
    const answers = [
      { status: 'success', data: { resultType: 'vector', result: [{ metric: {}, value: [1, '0.25'] }] } },
      { status: 'success', data: { resultType: 'scalar', result: [1, '7'] } },
      { status: 'success', data: { resultType: 'vector', result: [] } },
      { status: 'error', error: 'parse error' },
    ];
    const server = http.createServer((request, response) => {
      expect(request.url).toBe('/api/v1/query?query=sum%28rate%28errors%5B1m%5D%29%29');
      response.end(JSON.stringify(answers.shift()));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    const reader = await open({ kind: 'prometheus', url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, query: 'sum(rate(errors[1m]))' });
    expect(await reader.read(never)).toEqual({ value: 0.25 });
    expect(await reader.read(never)).toEqual({ value: 7 });
    expect(await reader.read(never)).toEqual({ why: 'the query answers 0 series, where one is wanted' });
    expect(await reader.read(never)).toEqual({ why: 'Prometheus says: parse error' });
  });

  test('Prometheus is asked for both versions of one moment, by its own clock, until the former one has no traffic', async () => {
    const asked: string[] = [];
    const server = http.createServer((request, response) => {
      const { searchParams } = new URL(request.url ?? '', 'http://x');
      asked.push(`${searchParams.get('query')} ${searchParams.get('time')}`);
      response.end(JSON.stringify({ status: 'success', data: { resultType: 'vector', result: [{ metric: {}, value: [1700000000.25, searchParams.get('query') === 'new' ? '3' : '2'] }] } }));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    const reader = await open({ kind: 'prometheus', url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, query: 'new', former: 'old' });
    expect(await reader.read(never)).toEqual({ value: 3, before: { value: 2 } });
    expect(await reader.read(never, true)).toEqual({ value: 3 });
    expect(asked).toEqual(['new null', 'old 1700000000.25', 'new null']);
  });

  test('a command is run for both versions, each with its own variables', async () => {
    const query: KpiQuery = { kind: 'command', command: 'echo $REVISION', environment: { REVISION: '2' }, former: { command: 'echo $REVISION', environment: { REVISION: '1' } }, directory: tmpdir() };
    expect(await (await open(query)).read(never)).toEqual({ value: 2, before: { value: 1 } });
  });

  test('an address with {{SERVER}} is refused where there is no server of each version', async () => {
    await expect(open({ kind: 'http', url: 'http://{{SERVER}}/health' })).rejects.toMatchObject({ code: 'config-invalid', fix: expect.stringContaining('balanced pair') as string });
  });

  test('a command: the last number that it prints; none where it fails', async () => {
    const read = async (command: string) => (await open({ kind: 'command', command, directory: tmpdir(), environment: { TARGET: 'staging' } })).read(never);
    expect(await read('echo "$TARGET: 3 of 12.5%"')).toEqual({ value: 12.5 });
    expect(await read('echo -4')).toEqual({ value: -4 });
    expect(await read('echo 5; exit 1')).toEqual({ why: 'the command ended with 1' });
    expect(await read('echo none')).toEqual({ why: 'the command printed no number' });
  });
});
