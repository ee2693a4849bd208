import { describe, expect, test } from 'vitest';
import { BacklotError } from '#contract/errors.ts';
import { missingHelpers } from '#features/system/credential-helpers.ts';
import { describeEngine, judgeApi, judgeCompose } from '#features/system/engine-examinations.ts';
import { examine } from '#features/system/examination.ts';
import { judgeDisk, judgeMemory, judgeRuntime } from '#features/system/machine-examinations.ts';
import { judgeLeftovers, judgePorts } from '#features/system/project-examinations.ts';

const never = new AbortController().signal;
const GIBIBYTE = 1024 ** 3;

describe('checks', () => {
  test('run at the same time, and one that fails or hangs spoils no other', async () => {
    const checks = await examine(
      [
        { id: 'well', look: async () => ({ status: 'ok', message: 'fine' }) },
        { id: 'silent', look: () => new Promise(() => {}) },
        { id: 'nothing', look: async () => undefined },
        {
          id: 'broken',
          look: async () => {
            throw new BacklotError('config-invalid', 'unknown key "imgae"', { where: { file: 'backlot.yaml', line: 3, column: 5 }, fix: 'Write image.' });
          },
        },
      ],
      50,
      never,
    );
    expect(checks).toEqual([
      { id: 'well', status: 'ok', message: 'fine' },
      { id: 'silent', status: 'fail', message: 'No answer within 0.05 seconds' },
      { id: 'broken', status: 'fail', message: 'unknown key "imgae" (backlot.yaml:3:5)', fix: 'Write image.' },
    ]);
  });

  test('end at once when they are cancelled', async () => {
    const controller = new AbortController();
    const checks = examine([{ id: 'silent', look: () => new Promise(() => {}) }], 60_000, controller.signal);
    controller.abort();
    await expect(checks).rejects.toThrow('aborted');
  });
});

describe('the engine', () => {
  const state = { since: '', endpoint: 'unix:///run/docker.sock', rule: 'default socket', latency: 3.2 } as const;
  const engine = { version: '28.0', apiVersion: '1.48', os: 'linux', architecture: 'x86_64', cpus: 2, memory: 1, name: 'box' };

  test('is described with its address and the rule that chose it', () => {
    expect(describeEngine({ ...state, state: 'up', engine })).toEqual({ status: 'ok', message: 'Docker 28.0 on box answers at unix:///run/docker.sock (default socket), in 3 ms' });
  });

  test('that is slow is a warning, not a failure', () => {
    expect(describeEngine({ ...state, state: 'slow', engine }).status).toBe('warn');
  });

  test('and Compose must be new enough, compared by number', () => {
    expect(['1.40', '1.41', '1.5', '1.52'].map((version) => judgeApi(version).status)).toEqual(['fail', 'ok', 'fail', 'ok']);
    expect(['2.23.3', 'v2.24.0', '2.26.1-4', '5.0.0'].map((version) => judgeCompose(version).status)).toEqual(['fail', 'ok', 'ok', 'ok']);
  });
});

describe('the machine', () => {
  test('little disk is a warning, and next to none a failure', () => {
    expect([6, 4, 0.4].map((gibibytes) => judgeDisk(gibibytes * GIBIBYTE, '/x', 'Backlot’s state').status)).toEqual(['ok', 'warn', 'fail']);
  });

  test('little memory is a warning', () => {
    expect([2, 0.5].map((gibibytes) => judgeMemory({ available: gibibytes * GIBIBYTE, total: 8 * GIBIBYTE }).status)).toEqual(['ok', 'warn']);
  });

  test('an old runtime is a failure', () => {
    expect(judgeRuntime({ backlot: '1', node: '20.18.1' }).status).toBe('fail');
    expect(judgeRuntime({ backlot: '1', node: '22.9.0', electron: '45.0.0' })).toEqual({ status: 'ok', message: 'Electron 45.0.0 with Node.js 22.9.0' });
  });

  test('credential helpers that are named and not installed are found', async () => {
    const find = async (program: string) => (program === 'docker-credential-pass' ? '/bin/x' : undefined);
    const configuration = JSON.stringify({ credsStore: 'pass', credHelpers: { 'gcr.io': 'gcloud', 'eu.gcr.io': 'gcloud' }, auths: {} });
    expect(await missingHelpers(configuration, 'config.json', find)).toEqual(['docker-credential-gcloud']);
  });

  test.each(['{', '[]', '{"credsStore": 5}'])('B52: a malformed configuration (%s) is named', async (configuration) => {
    await expect(missingHelpers(configuration, '/home/me/.docker/config.json', async () => undefined)).rejects.toThrow('/home/me/.docker/config.json cannot be read');
  });
});

describe('the project', () => {
  const plan = { schema: 1 as const, set: 'minimal', create: [], recreate: [], start: [], remove: [], unchanged: [], images: [], warnings: [] };
  const port = { service: 'db', container: 5432, host: 5432, address: '127.0.0.1', protocol: 'tcp' as const };

  test('a port that somebody else holds is a failure that names the holder', () => {
    expect(judgePorts({ ...plan, ports: [port] }).status).toBe('ok');
    expect(judgePorts({ ...plan, ports: [{ ...port, takenBy: 'postgres (process 812)' }] })).toMatchObject({
      status: 'fail',
      message: 'Port 5432, which db needs, is taken by postgres (process 812)',
    });
  });

  test('work that never ended is a warning that names the way out', () => {
    const record = { project: 'shop', directory: '/shop', set: 'minimal', composeProject: 'shop', services: {}, ports: {}, ready: {} };
    expect(judgeLeftovers([], []).status).toBe('ok');
    expect(judgeLeftovers([{ ...record, unfinished: { operation: 'op-1', method: 'stack.up', began: '2026-01-02T03:04:05Z' } }], [])).toEqual({
      status: 'warn',
      message: 'stack.up of shop minimal began at 2026-01-02T03:04:05Z and did not end',
      fix: 'Go on with backlot up, or remove what is left: backlot clean',
    });
    expect(judgeLeftovers([], [{ kind: 'volume', name: 'backlot-shop-db', why: 'of work on the fixture shop that never ended' }])).toEqual({
      status: 'warn',
      message: 'The volume backlot-shop-db is of work on the fixture shop that never ended',
      fix: 'Remove what is left: backlot clean',
    });
  });
});
