import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { afterEach, describe, expect, test } from 'vitest';
import { LABELS } from '#ports/container-engine.ts';
import type { ComposeModel } from '#ports/compose.ts';
import { ProjectFolder, realCompose } from '../../features/project/project-folder.ts';

const compose = realCompose();
const soon = () => AbortSignal.timeout(120_000);
const docker = (...args: string[]) => execFileSync('docker', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }).trim();
const projects: string[] = [];

class Model extends ProjectFolder implements Disposable {
  readonly model: ComposeModel;

  constructor(services: Record<string, object>, contents: Record<string, string> = {}) {
    super(contents);
    const project = `backlot-test-${randomBytes(4).toString('hex')}`;
    projects.push(project);
    this.model = { project, directory: this.directory, file: this.path('model.json') };
    this.change(services);
  }

  change(services: Record<string, object>): void {
    const labelled = Object.entries(services).map(([name, service]) => [name, { ...service, labels: { 'dev.backlot.test': '1', [LABELS.service]: name } }] as const);
    writeFileSync(this.model.file, JSON.stringify({ name: this.model.project, services: Object.fromEntries(labelled) }));
  }

  states(): string[] {
    return this.list('{{.State}}');
  }

  ids(): string[] {
    return this.list('{{.ID}}');
  }

  private list(format: string): string[] {
    const label = `label=com.docker.compose.project=${this.model.project}`;
    return docker('ps', '--all', '--filter', label, '--format', `{{.Label "com.docker.compose.service"}} ${format}`).split('\n').filter(Boolean).sort();
  }
}

afterEach(() => {
  for (const project of projects.splice(0)) docker('compose', '--project-name', project, 'down', '--timeout', '0', '--volumes');
});

const SLEEP = { image: 'debian:bookworm-slim', command: ['sleep', '60'], stop_signal: 'SIGKILL' };

describe('Compose, on the engine', () => {
  test('creates the services that are named and starts none', async () => {
    using folder = new Model({ a: SLEEP, b: SLEEP });
    await compose.create(folder.model, ['a'], soon());
    expect(folder.states()).toEqual(['a created']);
    await compose.create(folder.model, ['a', 'b'], soon());
    expect(folder.states()).toEqual(['a created', 'b created']);
  });

  test('makes anew what differs from the model, unstarted, and leaves what it depends on running', async () => {
    using folder = new Model({ a: { ...SLEEP, depends_on: ['b'] }, b: SLEEP });
    await compose.create(folder.model, ['b', 'a'], soon());
    await compose.startAsCompose(folder.model, ['a', 'b'], soon());
    const before = folder.ids();
    folder.change({ a: { ...SLEEP, depends_on: ['b'], environment: { NEW: '1' } }, b: { ...SLEEP, environment: { NEW: '1' } } });
    await compose.create(folder.model, ['a'], soon());
    expect(folder.states()).toEqual(['a created', 'b running']);
    expect(folder.ids()).toContain(before.find((line) => line.startsWith('b ')));
    expect(folder.ids()).not.toContain(before.find((line) => line.startsWith('a ')));
  });

  test('makes as many containers as the model says, and none twice', async () => {
    using folder = new Model({ a: { ...SLEEP, scale: 2 } });
    await compose.create(folder.model, ['a'], soon());
    const ids = folder.ids();
    expect(ids).toHaveLength(2);
    await compose.create(folder.model, ['a'], soon());
    expect(folder.ids()).toEqual(ids);
  });

  test('starts services as it would by itself, without what they depend on', async () => {
    using folder = new Model({ a: { ...SLEEP, depends_on: ['b'] }, b: SLEEP });
    await compose.create(folder.model, ['a', 'b'], soon());
    await compose.startAsCompose(folder.model, ['a'], soon());
    expect(folder.states()).toEqual(['a running', 'b created']);
  });

  test('keeps dollar signs of a resolved model as they are', async () => {
    using folder = new Model({ a: { ...SLEEP, environment: { P: 'a$$b' } } });
    await compose.create(folder.model, ['a'], soon());
    expect(docker('inspect', '--format', '{{json .Config.Env}}', `${folder.model.project}-a-1`)).toContain('"P=a$b"');
  });

  test('builds, telling every line', async () => {
    const image = `backlot-test-${randomBytes(4).toString('hex')}`;
    using folder = new Model({ a: { image, build: '.' } }, { Dockerfile: 'FROM debian:bookworm-slim\nRUN echo this-was-built\nLABEL dev.backlot.test=1\n' });
    const lines: string[] = [];
    try {
      await compose.build(folder.model, ['a'], (line) => lines.push(line), soon());
      expect(lines.join('\n')).toContain('this-was-built');
    } finally {
      docker('image', 'rm', '--force', image);
    }
  });

  test('B26: builds with a .dockerignore that begins with a byte order mark and has the Dockerfile in it, and names one that cannot be read', async () => {
    const image = `backlot-test-${randomBytes(4).toString('hex')}`;
    const files = { Dockerfile: 'FROM debian:bookworm-slim\nLABEL dev.backlot.test=1\nCOPY . /c\n', kept: '', left: '' };
    const built = { a: { image, build: '.' } };
    try {
      using folder = new Model(built, { ...files, '.dockerignore': '\ufeffleft\nDockerfile\n' });
      await compose.build(folder.model, ['a'], () => {}, soon());
      const seen = docker('run', '--rm', '--label', 'dev.backlot.test=1', image, 'ls', '/c').split('\n');
      expect([seen.includes('kept'), seen.includes('left'), seen.includes('Dockerfile')]).toEqual([true, false, false]);
      using broken = new Model(built, { ...files, '.dockerignore': 'left\n[bad\n' });
      await expect(compose.build(broken.model, ['a'], () => {}, soon())).rejects.toMatchObject({ code: 'build-failed', message: expect.stringContaining('.dockerignore'), fix: expect.stringContaining('[bad') });
    } finally {
      docker('rmi', '-f', image);
    }
  });

  test('B24: says why a build failed', async () => {
    using folder = new Model({ a: { build: '.' } }, { Dockerfile: 'FROM debian:bookworm-slim\nRUN exit 7\n' });
    await expect(compose.build(folder.model, ['a'], () => {}, soon())).rejects.toMatchObject({ code: 'build-failed', message: expect.stringContaining('exit code') as unknown });
  });

  test('B22: says why an image is missing', async () => {
    using folder = new Model({ a: { image: 'backlot-test/never-built:1', build: '.' } }, { Dockerfile: '' });
    await expect(compose.create(folder.model, ['a'], soon())).rejects.toMatchObject({ code: 'compose-failed', message: expect.stringMatching(/no such image|pull access denied/i) as unknown });
  });

  test('tells its version', async () => {
    expect(await compose.version(soon())).toMatch(/^v?2\.\d+\.\d+/);
  });
});
