import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import tls from 'node:tls';
import { describe, expect, onTestFinished, test } from 'vitest';
import { engineFor, failureOf, never, runContainer } from './engine-fixture.ts';
import { makeCertificate } from './self-signed.ts';

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'backlot-transport-'));
  onTestFinished(() => rmSync(made, { recursive: true, force: true }));
  return made;
}

/** Passes connections on to the engine's own socket. */
async function listen(server: net.Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return (server.address() as net.AddressInfo).port;
}

function passOn(socket: net.Socket): void {
  const engine = net.connect('/var/run/docker.sock');
  socket.on('error', () => engine.destroy()).on('close', () => engine.destroy());
  engine.on('error', () => socket.destroy()).on('close', () => socket.destroy());
  socket.pipe(engine).pipe(socket);
}

describe('over TCP', () => {
  test('an engine is reached', async () => {
    const port = await listen(net.createServer(passOn));
    const engine = engineFor({ choice: { host: `tcp://127.0.0.1:${port}` } });
    expect(await engine.listContainers([], never())).toBeInstanceOf(Array);
    expect(engine.reachesContainers).toBe(false);
  });

  test('an engine that wants TLS is told apart from one that is not there', async () => {
    const { certificates } = makeCertificates();
    const port = await listen(tls.createServer({ ...certificates, requestCert: true, rejectUnauthorized: true }, passOn));
    expect((await failureOf(engineFor({ choice: { host: `tcp://127.0.0.1:${port}` } }).listContainers([], never()))).code).toMatch(/engine-(lost|denied)/);
    expect((await failureOf(engineFor({ choice: { host: 'tcp://127.0.0.1:1' } }).listContainers([], never()))).code).toBe('engine-unreachable');
  });
});

/** One certificate for both ends, also as the files that Docker wants. */
function makeCertificates() {
  const { cert, key } = makeCertificate();
  const certificates = { ca: cert, cert, key };
  const at = folder();
  for (const [name, content] of Object.entries(certificates)) writeFileSync(join(at, `${name}.pem`), content);
  return { at, certificates };
}

describe('over TLS', () => {
  test('an engine is reached with the certificates of DOCKER_CERT_PATH or of a context, and not without', async () => {
    const { at, certificates } = makeCertificates();
    const port = await listen(tls.createServer({ ...certificates, requestCert: true, rejectUnauthorized: true }, passOn));
    const host = `tcp://127.0.0.1:${port}`;
    expect(await engineFor({ choice: { host }, environment: { DOCKER_TLS_VERIFY: '1', DOCKER_CERT_PATH: at } }).listContainers([], never())).toBeInstanceOf(Array);

    const config = folder();
    const id = createHash('sha256').update('tls').digest('hex');
    mkdirSync(join(config, 'contexts', 'meta', id), { recursive: true });
    mkdirSync(join(config, 'contexts', 'tls', id, 'docker'), { recursive: true });
    writeFileSync(join(config, 'contexts', 'meta', id, 'meta.json'), JSON.stringify({ Name: 'tls', Endpoints: { docker: { Host: host } } }));
    for (const [name, content] of Object.entries(certificates)) writeFileSync(join(config, 'contexts', 'tls', id, 'docker', `${name}.pem`), content);
    const environment = { DOCKER_CONFIG: config };
    expect(await engineFor({ choice: { context: 'tls' }, environment }).listContainers([], never())).toBeInstanceOf(Array);

    const other = makeCertificates();
    expect((await failureOf(engineFor({ choice: { host }, environment: { DOCKER_TLS_VERIFY: '1', DOCKER_CERT_PATH: other.at } }).listContainers([], never()))).code).toBe('engine-denied');
  });
});

describe('over ssh', () => {
  /** A program in the place of ssh that does on this machine what it was asked to do on the other. */
  function fakeSsh(script: string) {
    const bin = folder();
    writeFileSync(join(bin, 'ssh'), `#!/bin/sh\necho "$@" >> "${bin}/asked"\n${script}\n`);
    chmodSync(join(bin, 'ssh'), 0o755);
    return { environment: { PATH: `${bin}:${process.env['PATH']}`, HOME: bin }, asked: () => readFileSync(join(bin, 'asked'), 'utf8').trim().split('\n') };
  }

  const REMOTE = 'while [ "$1" != -- ]; do shift; done; shift 2; exec "$@"';

  test('an engine is reached as the docker CLI does it, without ever asking, over connections that are used again', async () => {
    const ssh = fakeSsh(REMOTE);
    const engine = engineFor({ choice: { host: 'ssh://me@box:2222' }, environment: ssh.environment });
    const id = await runContainer([], ['sleep', '300']);
    for (let times = 0; times < 5; times++) expect(await engine.listContainers([], never())).toBeInstanceOf(Array);
    expect(await engine.exec(id, ['echo', 'hello'], { timeout: 10_000 }, never())).toEqual({ exitCode: 0, output: 'hello\n' });
    expect(ssh.asked()[0]).toMatch(/BatchMode=yes.* -T -l me -p 2222 -- box docker system dial-stdio$/);
    expect(ssh.asked().length).toBeLessThanOrEqual(3);
    expect(engine.reachesContainers).toBe(false);
    const children = () => execFileSync('ps', ['--ppid', String(process.pid), '-o', 'args='], { encoding: 'utf8' });
    expect(children()).toContain('dial-stdio');
    engine.close();
    await expect.poll(children).not.toContain('dial-stdio');
  });

  test('B51: an unknown host key is "engine-denied" and says what to do', async () => {
    const ssh = fakeSsh('echo "Host key verification failed." >&2; exit 255');
    const failure = await failureOf(engineFor({ choice: { host: 'ssh://me@box' }, environment: ssh.environment }).listContainers([], never()));
    expect(failure).toMatchObject({ code: 'engine-denied', message: expect.stringContaining('Host key verification failed') as string, fix: expect.stringContaining('ssh me@box') as string });
  });

  test('a host that does not answer is "engine-unreachable", and so is a machine without ssh', async () => {
    const ssh = fakeSsh('echo "ssh: connect to host box port 22: Connection refused" >&2; exit 255');
    expect((await failureOf(engineFor({ choice: { host: 'ssh://box' }, environment: ssh.environment }).listContainers([], never()))).code).toBe('engine-unreachable');
    expect((await failureOf(engineFor({ choice: { host: 'ssh://box' }, environment: { PATH: folder() } }).listContainers([], never()))).code).toBe('engine-unreachable');
  });
});
