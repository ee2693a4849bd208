import { readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { expect, test } from 'vitest';
import { docker } from '../../support/backlot.ts';
import { leftOf, runStages, withProject } from './run-scene.ts';

/** A suite that does with the engine what Testcontainers does: it makes and starts a server, builds an image, and leaves both. */
const SUITE = `const http = require('node:http'); const net = require('node:net');
const call = (method, path, body, type = 'application/json') => new Promise((resolve, reject) => {
  const request = http.request({ socketPath: process.env.DOCKER_HOST.slice(7), method, path, headers: { 'content-type': type } }, (reply) => {
    let text = ''; reply.on('data', (part) => (text += part)).on('end', () => (reply.statusCode < 400 ? resolve(text && text[0] === '{' ? JSON.parse(text.split('\\n')[0]) : text) : reject(new Error(reply.statusCode + text))));
  });
  request.on('error', reject).end(body && (Buffer.isBuffer(body) ? body : JSON.stringify(body)));
});
const tar = (name, text) => { const head = Buffer.alloc(512); head.write(name); head.write('0000644\\0', 100); head.write('0000000\\0', 108); head.write('0000000\\0', 116); head.write(text.length.toString(8).padStart(11, '0') + '\\0', 124); head.write('00000000000\\0', 136); head.write('        ', 148); head.write('0', 156); let sum = 0; for (const byte of head) sum += byte; head.write(sum.toString(8).padStart(6, '0') + '\\0 ', 148); const body = Buffer.alloc(512); body.write(text); return Buffer.concat([head, body, Buffer.alloc(1024)]); };
(async () => {
  await call('POST', '/build?t=' + process.argv[2], tar('Dockerfile', 'FROM debian:bookworm-slim\\nENV A=1\\n'), 'application/x-tar');
  await call('POST', '/volumes/create', { Name: process.argv[2] });
  const { Id } = await call('POST', '/containers/create', { Image: 'redis:7', ExposedPorts: { '6379/tcp': {} }, HostConfig: { PortBindings: { '6379/tcp': [{ HostPort: '' }] }, Binds: [process.argv[2] + ':/data'] } });
  await call('POST', '/containers/' + Id + '/start');
  const { NetworkSettings } = await call('GET', '/containers/' + Id + '/json');
  const port = Number(NetworkSettings.Ports['6379/tcp'][0].HostPort);
  for (let tries = 0; tries < 200; tries++) {
    const answer = await new Promise((resolve) => { const socket = net.connect(port, process.env.TESTCONTAINERS_HOST_OVERRIDE, () => socket.write('PING\\r\\n')); socket.on('data', (data) => { resolve(String(data)); socket.destroy(); }).on('error', () => {}).on('close', () => resolve('')); });
    if (answer.startsWith('+PONG')) { console.log('1..1\\nok 1 - the server of the suite answers'); process.exit(Number(process.argv[3])); }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  process.exit(2);
})();
`;

const made = async (name: string) => [await docker('image', 'ls', '--quiet', name), await docker('volume', 'ls', '--quiet', '--filter', `name=${name}`)].join('');
const sockets = async (run: string) => (await readdir(tmpdir())).filter((name) => name.includes(run));

test.each([
  ['alone', '', 0, 'passed'],
  ['with services', ', services: [cache]', 0, 'passed'],
  ['on a shared network', ', services: [cache], network: shared', 3, 'failed'],
] as const)('a suite that uses the engine %s reaches what it starts there, and nothing of that is left', (_how, more, code, state) =>
  withProject({ 'suite.js': SUITE }, `  unit: { run: "node suite.js NAME-suite ${code}", engine: true, timeout: 1m${more} }\n`, async (scene) => {
    const { stage, value } = await runStages(scene);
    expect(stage('unit'), JSON.stringify(stage('unit'))).toMatchObject({ state, tests: 1 });
    expect(await leftOf(scene)).toBe('');
    expect(await made(`${scene.name}-suite`)).toBe('');
    expect(await sockets(value?.run ?? '-')).toEqual([]);
  }),
);
