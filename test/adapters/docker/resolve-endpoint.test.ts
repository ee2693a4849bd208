import { execFile, execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, onTestFinished, test } from 'vitest';
import { listContexts, resolveEndpoint } from '#adapters/docker/resolve-endpoint.ts';
import type { EngineChoice } from '#ports/container-engine.ts';

type Environment = Record<string, string>;

function configFolder(config?: unknown): string {
  const folder = mkdtempSync(join(tmpdir(), 'backlot-docker-config-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  if (config !== undefined) writeFileSync(join(folder, 'config.json'), typeof config === 'string' ? config : JSON.stringify(config));
  return folder;
}

function addContext(folder: string, name: string, docker: object, certificates: Record<string, string> = {}): string {
  const id = createHash('sha256').update(name).digest('hex');
  const file = join(folder, 'contexts', 'meta', id, 'meta.json');
  mkdirSync(join(folder, 'contexts', 'meta', id), { recursive: true });
  writeFileSync(file, JSON.stringify({ Name: name, Metadata: { Description: `${name} for tests` }, Endpoints: { docker } }));
  const tls = join(folder, 'contexts', 'tls', id, 'docker');
  mkdirSync(tls, { recursive: true });
  for (const [file, text] of Object.entries(certificates)) writeFileSync(join(tls, file), text);
  return file;
}

const resolve = (choice: EngineChoice, environment: Environment) => resolveEndpoint(choice, { environment, home: '/nonexistent', platform: 'linux' });

function failure(choice: EngineChoice, environment: Environment): { code: string; message: string; fix?: string; where?: { file: string } } {
  try {
    resolve(choice, environment);
  } catch (error) {
    return error as { code: string; message: string };
  }
  throw new Error('it did not fail');
}

describe('the engine is chosen', () => {
  const folder = () => {
    const made = configFolder({ currentContext: 'current' });
    addContext(made, 'current', { Host: 'tcp://127.0.0.1:21' });
    addContext(made, 'named', { Host: 'tcp://127.0.0.1:22' });
    return made;
  };

  test.each<[string, EngineChoice, Environment, string, string]>([
    ['by --context before anything else', { context: 'named' }, { DOCKER_HOST: 'tcp://127.0.0.1:23', DOCKER_CONTEXT: 'gone' }, 'tcp://127.0.0.1:22', '--context'],
    ['by --host before the variables', { host: 'tcp://127.0.0.1:24' }, { DOCKER_HOST: 'tcp://127.0.0.1:23', DOCKER_CONTEXT: 'named' }, 'tcp://127.0.0.1:24', '--host'],
    ['by DOCKER_HOST before DOCKER_CONTEXT', {}, { DOCKER_HOST: 'tcp://127.0.0.1:23', DOCKER_CONTEXT: 'named' }, 'tcp://127.0.0.1:23', 'DOCKER_HOST'],
    ['by DOCKER_CONTEXT before the current context', {}, { DOCKER_CONTEXT: 'named' }, 'tcp://127.0.0.1:22', 'DOCKER_CONTEXT'],
    ['by the current context', {}, {}, 'tcp://127.0.0.1:21', 'the current context in'],
    ['by DOCKER_HOST where the context is the default one', { context: 'default' }, { DOCKER_HOST: 'tcp://127.0.0.1:23' }, 'tcp://127.0.0.1:23', '--context default, which is DOCKER_HOST'],
    ['as the default socket where the default context is named', {}, { DOCKER_CONTEXT: 'default' }, 'unix:///var/run/docker.sock', 'DOCKER_CONTEXT, which is the default socket'],
  ])('%s', (_title, choice, environment, ...[url, rule]) => {
    const chosen = resolve(choice, { DOCKER_CONFIG: folder(), ...environment });
    expect(chosen.url).toBe(url);
    expect(chosen.rule).toContain(rule);
  });

  test('as the default socket where nothing says otherwise', () => {
    expect(resolve({}, {})).toMatchObject({ url: 'unix:///var/run/docker.sock', rule: 'the default socket' });
    expect(resolveEndpoint({}, { environment: {}, home: 'C:/Users/me', platform: 'win32' }).address).toEqual({ kind: 'npipe', path: '\\\\.\\pipe\\docker_engine' });
  });

  test('never by --host and --context at once', () => {
    expect(failure({ host: 'tcp://a', context: 'b' }, {}).code).toBe('usage');
  });

  test('without a config file that cannot be read, and says so', () => {
    expect(resolve({}, { DOCKER_CONFIG: configFolder('{bad') }).rule).toMatch(/default socket .*not valid JSON/);
  });
});

describe('an address', () => {
  test.each([
    ['127.0.0.1:99', 'tcp://127.0.0.1:99'],
    [':99', 'tcp://localhost:99'],
    ['tcp://box', 'tcp://box:2375'],
    ['tcp://[::1]:99', 'tcp://[::1]:99'],
    ['tcp://me:secret@box:99', 'tcp://box:99'],
    ['unix:///a b.sock', 'unix:///a b.sock'],
    ['ssh://me@box:2222', 'ssh://me@box:2222'],
    ['ssh://box/run/docker.sock', 'ssh://box/run/docker.sock'],
    ['', 'unix:///var/run/docker.sock'],
  ])('%j is read as %s', (host, url) => {
    expect(resolve({ host }, {}).url).toBe(url);
  });

  test.each(['foo://x', 'ssh://me:secret@box', 'ssh://-oProxyCommand=x', 'ssh://box/$(id)', 'tcp://', 'tcp://box:99999', 'tcp://box:99?x'])('B51: %j is refused without repeating a password', (host) => {
    const refused = failure({}, { DOCKER_HOST: host });
    expect(refused.code).toBe('context-invalid');
    expect(`${refused.message}${refused.fix ?? ''}`).not.toContain('secret');
  });

  test('takes its certificates from DOCKER_CERT_PATH where TLS is asked for', () => {
    const folder = configFolder();
    writeFileSync(join(folder, 'ca.pem'), 'CA');
    expect(resolve({ host: 'tcp://box' }, { DOCKER_TLS_VERIFY: '1', DOCKER_CERT_PATH: folder })).toMatchObject({
      url: 'tcp://box:2376',
      address: { tls: { verify: true, ca: Buffer.from('CA') } },
      commandLine: { environment: { DOCKER_TLS_VERIFY: '1', DOCKER_CERT_PATH: folder } },
    });
    expect(failure({ host: 'tcp://box' }, { DOCKER_TLS_VERIFY: '1', DOCKER_CONFIG: configFolder() }).where?.file).toMatch(/ca\.pem$/);
  });
});

describe('a context', () => {
  test('brings its certificates, and whether they are checked', () => {
    const folder = configFolder();
    addContext(folder, 'safe', { Host: 'tcp://box:2376' }, { 'ca.pem': 'CA', 'cert.pem': 'CERT', 'key.pem': 'KEY' });
    addContext(folder, 'loose', { Host: 'tcp://box:2376', SkipTLSVerify: true });
    const tls = { verify: true, ca: Buffer.from('CA'), cert: Buffer.from('CERT'), key: Buffer.from('KEY') };
    expect(resolve({ context: 'safe' }, { DOCKER_CONFIG: folder }).address).toEqual({ kind: 'tcp', host: 'box', port: 2376, basePath: '', tls });
    expect(resolve({ context: 'loose' }, { DOCKER_CONFIG: folder }).address).toMatchObject({ tls: { verify: false } });
  });

  test('B51: that is missing is told with the contexts that exist, the nearest first', () => {
    const folder = configFolder();
    addContext(folder, 'alpha', { Host: 'tcp://a' });
    addContext(folder, 'staging', { Host: 'tcp://b' });
    const missing = failure({ context: 'stagin' }, { DOCKER_CONFIG: folder });
    expect(missing).toMatchObject({ code: 'context-invalid', fix: expect.stringContaining('staging, default, alpha') as string });
    expect(missing.where?.file).toContain(folder);
  });

  test('B51: that is malformed is told with its file', () => {
    const folder = configFolder();
    const file = addContext(folder, 'broken', {});
    expect(failure({ context: 'broken' }, { DOCKER_CONFIG: folder })).toMatchObject({ code: 'context-invalid', where: { file } });
    writeFileSync(file, '{"Name":');
    expect(failure({ context: 'broken' }, { DOCKER_CONFIG: folder })).toMatchObject({ code: 'context-invalid', where: { file } });
  });

  test('is listed with its endpoint, and a broken one does not hide the others', () => {
    const folder = configFolder({ currentContext: 'b' });
    addContext(folder, 'b', { Host: 'ssh://me@box' });
    writeFileSync(addContext(folder, 'a', { Host: 'tcp://x' }), 'junk');
    expect(listContexts({}, { environment: { DOCKER_CONFIG: folder }, home: '/', platform: 'linux' })).toEqual([
      { name: 'default', endpoint: 'unix:///var/run/docker.sock', description: 'DOCKER_HOST or the default socket', current: false },
      { name: 'b', endpoint: 'ssh://me@box', description: 'b for tests', current: true },
    ]);
  });
});

describe('the docker command line', () => {
  const run = promisify(execFile);
  const port = (from: number) => String(from + 1);

  /** The endpoint that the docker CLI itself fails to reach; every one in these tests is a closed port. */
  async function dockerEndpoint(args: readonly string[], environment: Environment): Promise<string> {
    const env = { PATH: process.env['PATH'], HOME: '/nonexistent', ...environment };
    const said = await run('docker', [...args, 'version'], { env }).then(({ stdout, stderr }) => stdout + stderr, (error: { stderr: string }) => error.stderr);
    return /(tcp:\/\/[\d.:]+\d)/.exec(said)?.[1] ?? said;
  }

  test.each<[EngineChoice, Environment]>([
    [{ context: 'named' }, { DOCKER_HOST: 'tcp://127.0.0.1:3' }],
    [{ host: 'tcp://127.0.0.1:4' }, { DOCKER_CONTEXT: 'named', DOCKER_HOST: 'tcp://127.0.0.1:3' }],
    [{}, { DOCKER_HOST: 'tcp://127.0.0.1:3', DOCKER_CONTEXT: 'named' }],
    [{}, { DOCKER_CONTEXT: 'named' }],
    [{}, {}],
    [{ context: 'default' }, { DOCKER_HOST: 'tcp://127.0.0.1:3' }],
    [{}, { DOCKER_HOST: '127.0.0.1:3' }],
  ])('chooses the same for %j with %j, and again when it is given what commandLine says', async (choice, variables) => {
    const folder = configFolder({ currentContext: 'current' });
    addContext(folder, 'current', { Host: `tcp://127.0.0.1:${port(0)}` });
    addContext(folder, 'named', { Host: `tcp://127.0.0.1:${port(1)}` });
    const environment = { DOCKER_CONFIG: folder, ...variables };
    const flags = [...(choice.host ? ['--host', choice.host] : []), ...(choice.context ? ['--context', choice.context] : [])];
    const ours = resolve(choice, environment);
    expect(await dockerEndpoint(flags, environment)).toBe(ours.url);
    expect(await dockerEndpoint(ours.commandLine.arguments, environment)).toBe(ours.url);
    expect(await dockerEndpoint([], { ...environment, ...ours.commandLine.environment })).toBe(ours.url);
  });

  test('reads the contexts that this test makes', () => {
    const folder = configFolder();
    addContext(folder, 'named', { Host: 'tcp://127.0.0.1:2' });
    expect(execFileSync('docker', ['context', 'ls', '--format', '{{.Name}}'], { env: { PATH: process.env['PATH'], DOCKER_CONFIG: folder }, encoding: 'utf8' })).toContain('named');
  });
});
