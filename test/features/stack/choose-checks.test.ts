import { describe, expect, test } from 'vitest';
import { chooseChecks, parseDuration } from '#features/stack/choose-checks.ts';
import type { ServiceKind } from '#contract/project.ts';
import type { ResolvedService } from '#ports/compose.ts';
import { projectOf } from './project-fixture.ts';

const unknown = { awaitedCompletion: false, exposed: [] as string[] };

function checks(definition: ResolvedService & { kind?: ServiceKind }, healthcheck: string[] = [], known: Partial<typeof unknown> = {}) {
  const service = projectOf({ it: definition }).services['it'];
  return service ? chooseChecks(service, { healthcheck }, { ...unknown, ...known }) : [];
}

describe('a service is ready when', () => {
  test('its own health command says so', () => {
    expect(checks({}, ['CMD', 'check'])).toEqual([{ kind: 'command', command: ['check'], timeout: 30_000 }]);
    expect(checks({}, ['CMD-SHELL', 'a | b'])).toEqual([{ kind: 'command', command: ['/bin/sh', '-c', 'a | b'], timeout: 30_000 }]);
  });

  test('a database that starts twice also takes connections, before its command is believed', () => {
    expect(checks({ kind: 'postgres' }, ['CMD', 'pg_isready']).map((check) => check.kind)).toEqual(['server', 'command']);
  });

  test('a server of its kind answers, where no command is declared', () => {
    expect(checks({ kind: 'redis' })).toEqual([{ kind: 'server', server: 'redis', port: 6379 }]);
    expect(checks({ kind: 'redis', command: ['redis-server', '--appendonly', 'yes'] })).toEqual([{ kind: 'server', server: 'redis', port: 6379 }]);
  });

  test('what is built here and is of a kind by its name alone answers on the kind’s port, if its image says that port', () => {
    expect(checks({ kind: 'nginx', build: { context: '.' } })).toEqual([{ kind: 'settled' }]);
    expect(checks({ kind: 'nginx', build: { context: '.' } }, [], { exposed: ['80/tcp'] })).toEqual([{ kind: 'server', server: 'nginx', port: 80 }]);
    expect(checks({ kind: 'nginx', build: { context: '.' } }, [], { exposed: ['8080/tcp'] })).toEqual([{ kind: 'server', server: 'nginx', port: 8080 }]);
  });

  test('its first port that is no debugger’s answers', () => {
    const ports = [{ target: 9229 }, { target: 3000 }];
    expect(checks({ ports })).toEqual([{ kind: 'server', server: 'other', port: 3000 }]);
  });

  test('the image’s port answers, unless Compose runs another program in it', () => {
    expect(checks({}, [], { exposed: ['8080/tcp'] })).toEqual([{ kind: 'server', server: 'other', port: 8080 }]);
    expect(checks({ command: ['sleep', '60'] }, [], { exposed: ['8080/tcp'] })).toEqual([{ kind: 'settled' }]);
    expect(checks({ kind: 'postgres', command: ['sleep', '60'] })).toEqual([{ kind: 'settled' }]);
  });

  test('it has run for a moment, where nothing at all is known', () => {
    expect(checks({})).toEqual([{ kind: 'settled' }]);
    expect(checks({}, ['NONE'])).toEqual([{ kind: 'settled' }]);
  });

  test('it has ended, where another service waits for that', () => {
    expect(checks({ kind: 'postgres' }, ['CMD', 'x'], { awaitedCompletion: true })).toEqual([{ kind: 'completed' }]);
  });
});

test('durations are read as Compose writes them', () => {
  expect(['1m30s', '500ms', '5s', '1h0m0s', '0.5s', '', 'x'].map(parseDuration)).toEqual([90_000, 500, 5000, 3_600_000, 500, 0, undefined]);
});
