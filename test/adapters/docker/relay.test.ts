import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createConnection, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { createEngineRelays } from '#adapters/docker/relay.ts';
import { makesSomething, markHead, parseHead, wholeBody } from '#adapters/docker/relay-request.ts';
import { docker, unique } from './engine-fixture.ts';

const MARKS = { labels: { 'dev.backlot.test': '1', 'dev.backlot.run': 'r' }, imageLabels: { 'dev.backlot.suite': 'r/unit' } };

/** A relay to an engine, or to whatever listens at a socket. */
async function relayTo(engine = '/var/run/docker.sock') {
  const folder = await mkdtemp(join(tmpdir(), 'relay-'));
  const relays = createEngineRelays({ endpoint: () => `unix://${engine}`, folder });
  const socket = relays.socketOf('r', 'unit');
  const relay = await relays.open(socket, MARKS);
  onTestFinished(async () => {
    await relay.close();
    await rm(folder, { recursive: true, force: true });
  });
  return { socket, relay, through: (...args: string[]) => docker('--host', `unix://${socket}`, ...args) };
}

test('what is made through a relay carries its labels beside its own, and everything else is as it is', async () => {
  const { through, socket } = await relayTo();
  const name = unique('relayed');
  onTestFinished(async () => {
    await docker('rm', '-f', '-v', name).catch(() => {});
    await docker('network', 'rm', name).catch(() => {});
    await docker('volume', 'rm', name).catch(() => {});
  });
  await through('network', 'create', name);
  await through('volume', 'create', name);
  await through('create', '--name', name, '--label', 'own=1', '--network', name, '--interactive', 'debian:bookworm-slim', 'cat');
  for (const kind of ['container', 'network', 'volume']) expect(await docker(kind, 'inspect', '--format', `{{json ${kind === 'container' ? '.Config' : ''}.Labels}}`, name)).toContain('"dev.backlot.run":"r"');
  expect(await docker('inspect', '--format', '{{.Config.Labels.own}}', name)).toBe('1');
  // Both directions of a connection that becomes another protocol, each of which ends by itself.
  await through('start', name);
  expect(await through('exec', name, 'sh', '-c', 'echo out; echo err >&2')).toBe('out');
  const echoed = new Promise<string>((resolve, reject) => {
    const child = execFile('docker', ['--host', `unix://${socket}`, 'exec', '--interactive', name, 'sh', '-c', 'cat; echo end'], (error, stdout) => (error ? reject(error) : resolve(stdout)));
    child.stdin?.end('typed\n');
  });
  expect(await echoed).toBe('typed\nend\n');
});

test('a relay that is closed lets what it makes come into being, and its socket is gone', async () => {
  const { socket, relay } = await relayTo();
  const name = unique('last');
  onTestFinished(async () => void (await docker('volume', 'rm', name).catch(() => {})));
  const body = JSON.stringify({ Name: name });
  const client = createConnection(socket);
  // In two pieces, as slow clients send it.
  client.write(`POST /v1.41/volumes/create HTTP/1.1\r\nHost: docker\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body.slice(0, 5)}`);
  await new Promise((resolve) => setImmediate(resolve));
  client.write(body.slice(5));
  const [answer] = await Promise.all([text(client), docker('--host', `unix://${socket}`, 'version').then(() => relay.close())]);
  expect(answer).toMatch(/^HTTP\/1.1 201/);
  expect(await docker('volume', 'inspect', '--format', '{{index .Labels "dev.backlot.run"}}', name)).toBe('r');
  await expect(docker('--host', `unix://${socket}`, 'version')).rejects.toThrow();
});

test('an answer is whole though its giver breaks the connection after it, unread bytes in its hands', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'relay-engine-'));
  const path = join(folder, 'engine.sock');
  const answer = `HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n${'x'.repeat(5_000)}`;
  const engine = createServer((socket) => socket.once('data', () => socket.pause().write(answer, () => setImmediate(() => socket.destroy()))));
  await new Promise<void>((resolve) => engine.listen(path, resolve));
  onTestFinished(async () => {
    engine.close();
    await rm(folder, { recursive: true, force: true });
  });
  const { socket } = await relayTo(path);
  for (let tries = 0; tries < 20; tries++) {
    const client = createConnection(socket);
    client.write('POST /build HTTP/1.1\r\nHost: docker\r\nTransfer-Encoding: chunked\r\n\r\n');
    setImmediate(() => client.write('0\r\n\r\n'));
    expect(await text(client)).toBe(answer);
  }
});

const request = (line: string, ...headers: string[]) => {
  const head = parseHead([line, ...headers].join('\r\n'));
  if (!head) throw new Error('no head');
  return head;
};

test('requests that make something are told from others, and images get labels that their containers may inherit', () => {
  expect(['POST /v1.41/containers/create?name=a HTTP/1.1', 'POST /networks/create HTTP/1.1'].map((line) => makesSomething(request(line)))).toEqual([true, true]);
  expect(['GET /containers/create HTTP/1.1', 'POST /containers/create/start HTTP/1.1', 'POST /images/create?fromImage=a HTTP/1.1'].map((line) => makesSomething(request(line)))).toEqual([false, false, false]);
  const build = new URL(markHead(request('POST /v1.41/build?t=a%3A1&labels=%7B%22own%22%3A%221%22%7D HTTP/1.1'), MARKS).target, 'http://engine');
  expect([build.pathname, build.searchParams.get('t'), JSON.parse(build.searchParams.get('labels') ?? '')]).toEqual(['/v1.41/build', 'a:1', { own: '1', 'dev.backlot.suite': 'r/unit' }]);
  expect(new URL(markHead(request('POST /commit?container=x HTTP/1.1'), MARKS).target, 'http://engine').searchParams.get('changes')).toBe('LABEL dev.backlot.suite="r/unit" dev.backlot.run=""');
  expect(markHead(request('GET /info HTTP/1.1', 'Connection: keep-alive'), MARKS).headers).toEqual([['Connection', 'close']]);
  expect(markHead(request('POST /exec/1/start HTTP/1.1', 'Connection: Upgrade', 'Upgrade: tcp'), MARKS).headers).toEqual([['Connection', 'Upgrade'], ['Upgrade', 'tcp']]);
  expect(parseHead('garbage')).toBeUndefined();
});

test('a body is whole when its length says so, or its last piece has come', () => {
  const chunked = request('POST / HTTP/1.1', 'Transfer-Encoding: chunked');
  expect(wholeBody(chunked, Buffer.from('3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n'))?.toString()).toBe('abcde');
  for (const cut of ['', '3\r\nab', '3\r\nabc\r\n', '3\r\nabc\r\n0\r\n']) expect(wholeBody(chunked, Buffer.from(cut))).toBeUndefined();
  const sized = request('POST / HTTP/1.1', 'Content-Length: 3');
  expect([wholeBody(sized, Buffer.from('ab')), wholeBody(sized, Buffer.from('abcd'))?.toString()]).toEqual([undefined, 'abc']);
});

function text(socket: Socket): Promise<string> {
  return new Promise((resolve, reject) => {
    let all = '';
    socket.setEncoding('utf8').on('data', (part: string) => (all += part)).once('end', () => resolve(all)).once('error', reject);
  });
}
