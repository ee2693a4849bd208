import { mkdirSync, renameSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { createProjectFiles } from '#adapters/files/project-files.ts';
import type { ProjectFiles } from '#ports/project-files.ts';
import { sourcesOf, watchProject } from '#features/project/watch-project.ts';
import { ProjectFolder, realCompose } from './project-folder.ts';

const SERVICES = 'services: {web: {image: nginx}}\n';
const PLAIN = { 'shop/backlot.yaml': 'version: 1\n', 'shop/compose.yaml': SERVICES };

/** A project with all that can be read for it. */
const WHOLE = {
  'shop/backlot.yaml': 'version: 1\ncomponents:\n  payments: { path: ../payments }\n',
  'shop/compose.yaml': 'include:\n  - path: parts/db.yaml\n    env_file: parts/db.env\nservices:\n  web: { extends: { file: base.yaml, service: base }, env_file: [web.env] }\n',
  'shop/parts/db.yaml': 'services: {db: {image: postgres}}\n',
  'shop/parts/db.env': '',
  'shop/base.yaml': 'services: {base: {image: nginx}}\n',
  'shop/web.env': '',
  'payments/backlot.yaml': 'version: 1\n',
  'payments/compose.yaml': 'services: {ledger: {image: redis}}\n',
};

class Watching implements AsyncDisposable {
  /** How many watches were begun, and how many of these are open. */
  readonly count = { begun: 0, open: 0 };
  private readonly controller = new AbortController();
  private readonly states: AsyncGenerator<{ readonly state: string }>;

  constructor(folder: ProjectFolder) {
    const real = createProjectFiles();
    const files: ProjectFiles = {
      ...real,
      watch: (paths) => {
        const watch = real.watch(paths);
        this.count.begun += 1;
        this.count.open += 1;
        return { changed: (signal) => watch.changed(signal), close: () => (this.count.open--, watch.close()) };
      },
    };
    this.states = watchProject({ directory: folder.path('shop') }, { files, compose: realCompose(), environment: {} }, this.controller.signal);
  }

  async next(): Promise<string | undefined> {
    const { value } = await this.states.next();
    return (value as { state: string } | undefined)?.state;
  }

  leave(): void {
    this.controller.abort();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.leave();
    await this.states.return(undefined);
  }
}

/** The next state, asked for before `change`, as a reader does who waits. */
async function after(watching: Watching, change: () => void): Promise<string | undefined> {
  const next = watching.next();
  change();
  return next;
}

describe('the files of a project', () => {
  test('are all that its loading reads or looks for, also of components and what is included', async () => {
    using folder = new ProjectFolder(WHOLE);
    const sources = await sourcesOf(folder.path('shop'), { files: createProjectFiles(), compose: realCompose(), environment: {} });
    expect(sources).toEqual(expect.arrayContaining([...Object.keys(WHOLE), 'shop/.env', 'payments/.env', 'shop/parts/.env', 'shop/compose.override.yaml'].map((name) => folder.path(name))));
  });

  test.each<readonly [string, (folder: ProjectFolder) => void]>([
    ['one is written', (folder) => writeFileSync(folder.path('shop/compose.yaml'), `${SERVICES}#\n`)],
    ['an editor puts another in its place', (folder) => (writeFileSync(folder.path('shop/.backlot.yaml.swp'), 'version: 1\nname: other\n'), renameSync(folder.path('shop/.backlot.yaml.swp'), folder.path('shop/backlot.yaml')))],
    ['one appears that is read where it is', (folder) => writeFileSync(folder.path('shop/.env'), 'A=1\n')],
    ['one goes', (folder) => rmSync(folder.path('shop/compose.yaml'))],
  ])('tell that %s', async (_, change) => {
    using folder = new ProjectFolder(PLAIN);
    await using watching = new Watching(folder);
    const first = await watching.next();
    const then = await after(watching, () => change(folder));
    expect(then).toMatch(/^[0-9a-f]{64}$/);
    expect(then).not.toBe(first);
  });

  test('tell of what an included file, a component and a file of variables say', async () => {
    using folder = new ProjectFolder(WHOLE);
    await using watching = new Watching(folder);
    const states = [await watching.next()];
    for (const name of ['shop/parts/db.yaml', 'payments/compose.yaml', 'shop/web.env', 'shop/parts/db.env']) states.push(await after(watching, () => writeFileSync(folder.path(name), '# other\n')));
    expect(new Set(states).size).toBe(5);
  });

  test('tell of a component that appears, and then of what it says', async () => {
    using folder = new ProjectFolder({ ...PLAIN, 'shop/backlot.yaml': WHOLE['shop/backlot.yaml'] });
    await using watching = new Watching(folder);
    const missing = await watching.next();
    const there = await after(watching, () => {
      mkdirSync(folder.path('other'));
      writeFileSync(folder.path('other/compose.yaml'), SERVICES);
      renameSync(folder.path('other'), folder.path('payments'));
    });
    const changed = await after(watching, () => writeFileSync(folder.path('payments/compose.yaml'), `${SERVICES}#\n`));
    expect(new Set([missing, there, changed]).size).toBe(3);
  });

  test('tell of a link that leads elsewhere when what it leads to changes', async () => {
    using folder = new ProjectFolder({ ...PLAIN, 'elsewhere/variables': 'A=1\n' });
    symlinkSync(folder.path('elsewhere/variables'), folder.path('shop/.env'));
    await using watching = new Watching(folder);
    const first = await watching.next();
    expect(await after(watching, () => writeFileSync(folder.path('elsewhere/variables'), 'A=2\n'))).not.toBe(first);
  });

  test('tell of a broken file, and the former state again once it is mended', async () => {
    using folder = new ProjectFolder(PLAIN);
    await using watching = new Watching(folder);
    const good = await watching.next();
    const broken = await after(watching, () => writeFileSync(folder.path('shop/backlot.yaml'), 'version: [1\n'));
    expect(broken).not.toBe(good);
    const mended = await after(watching, () => writeFileSync(folder.path('shop/backlot.yaml'), 'version: 1\n'));
    expect(mended).not.toBe(broken);
  });

  test('tell nothing of other files beside them, nor of a save without a change', async () => {
    using folder = new ProjectFolder(PLAIN);
    await using watching = new Watching(folder);
    const first = await watching.next();
    const next = watching.next();
    writeFileSync(folder.path('shop/notes.md'), 'unrelated');
    const { begun } = watching.count;
    utimesSync(folder.path('shop/compose.yaml'), new Date(0), new Date(0));
    // The touch is looked at, and found to be none: a new watch begins, and nothing was told.
    await expect.poll(() => watching.count.begun).toBe(begun + 1);
    writeFileSync(folder.path('shop/compose.yaml'), `${SERVICES}#\n`);
    expect(await next).not.toBe(first);
  });

  test('are watched no longer once their reader has left', async () => {
    using folder = new ProjectFolder(WHOLE);
    await using watching = new Watching(folder);
    await watching.next();
    const next = watching.next();
    expect(watching.count.open).toBe(1);
    watching.leave();
    expect(await next).toBeUndefined();
    expect(watching.count.open).toBe(0);
  });
});
