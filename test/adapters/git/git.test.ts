import { execFileSync, spawnSync } from 'node:child_process';
import { chmod, mkdir, mkdtemp, open, readdir, readFile, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, onTestFinished, test } from 'vitest';
import { createGit } from '#adapters/git/git.ts';
import { createProcessRunner } from '#adapters/process/process-runner.ts';

const work = join(tmpdir(), `backlot-git-test-${process.pid}`);
afterAll(() => rm(work, { recursive: true, force: true }));
const git = createGit(createProcessRunner(process.env), work);
const signal = new AbortController().signal;
const run = (folder: string, ...args: string[]) => execFileSync('git', ['-c', 'user.email=t@shop.example', '-c', 'user.name=T', '-c', 'protocol.file.allow=always', ...args], { cwd: folder, stdio: 'pipe' }).toString().trim();

async function folder(name = ''): Promise<string> {
  const root = await realpath(await mkdtemp(join(tmpdir(), 'git-')));
  onTestFinished(() => rm(root, { recursive: true, force: true }));
  const inner = join(root, name);
  await mkdir(inner, { recursive: true });
  return inner;
}

async function repository(name = ''): Promise<string> {
  const made = await folder(name);
  run(made, 'init', '--quiet', '--initial-branch=main');
  await writeFile(join(made, 'a.txt'), 'one');
  run(made, 'add', '--all');
  run(made, 'commit', '--quiet', '--message=first');
  return made;
}

test('a clean checkout is its commit, with its branch, remote without credentials, and tag', async () => {
  const made = await repository(`it's a "quoted" folder`);
  run(made, 'remote', 'add', 'origin', 'https://me:secret@git.example/shop.git');
  run(made, 'tag', 'v1.2.0');
  run(made, 'branch', '-m', 'v1.0');
  const sha = run(made, 'rev-parse', 'HEAD');
  expect(await git.revision(made, signal)).toEqual({ sha, name: sha, dirty: false, changes: 0, committed: expect.stringMatching(/^\d{4}-/), branch: 'v1.0', remote: 'https://git.example/shop.git', tag: 'v1.2.0' });
});

test('what is checked out is told by one process, and whether it is pushed by two beside it, also where the remote has another name', async () => {
  const bare = await folder();
  run(bare, 'init', '--quiet', '--bare');
  const made = await repository();
  run(made, 'remote', 'add', 'origin', bare);
  run(made, 'push', '--quiet', 'origin', 'main');
  const runner = createProcessRunner(process.env);
  let started = 0;
  const counted = createGit({ run: (...given) => ((started += 1), runner.run(...given)) }, work);
  const sha = run(made, 'rev-parse', 'HEAD');
  const checkout = counted.checkout(made, signal);
  expect(await Promise.all([checkout, counted.isPushed(made, checkout.then((found) => found?.sha ?? ''), signal)])).toEqual([{ sha, name: sha, dirty: false, changes: 0, branch: 'main' }, true]);
  expect(started).toBe(3);
  run(made, 'remote', 'rename', 'origin', 'upstream');
  run(made, 'clone', '--quiet', '.', 'origin');
  run(join(made, 'origin'), 'commit', '--quiet', '--allow-empty', '--message=nowhere');
  expect(await git.isPushed(made, run(join(made, 'origin'), 'rev-parse', 'HEAD'), signal)).toBe(false);
  expect(await git.isPushed(made, sha, signal)).toBe(true);
  expect(await git.isPushed(made, 'f'.repeat(40), signal)).toBe(false);
  run(made, 'remote', 'remove', 'upstream');
  expect(await git.isPushed(made, sha, signal)).toBe('the repository has no remote');
  expect(await git.checkout(bare, signal)).toBeUndefined();
});

test('what differs has a digest of its content: the same content the same, staged or not, untracked files and programs included', async () => {
  const made = await repository();
  const nameNow = async () => (await git.revision(made, signal))?.name;
  const clean = await nameNow();
  await writeFile(join(made, 'a.txt'), 'two');
  const changed = await nameNow();
  expect(changed).toMatch(new RegExp(`^${clean}-dirty-[0-9a-f]{12}$`));
  run(made, 'add', 'a.txt');
  expect(await nameNow()).toBe(changed);
  await writeFile(join(made, 'ne"w ü.txt'), 'new');
  const untracked = await nameNow();
  expect(untracked).not.toBe(changed);
  await chmod(join(made, 'ne"w ü.txt'), 0o755);
  expect(await nameNow()).not.toBe(untracked);
  await symlink('/etc/passwd', join(made, 'link'));
  execFileSync('sh', ['-c', 'mkfifo "$0"', join(made, 'pipe')]);
  await rm(join(made, 'a.txt'));
  expect((await git.revision(made, signal))?.changes).toBeGreaterThanOrEqual(3);
  expect(run(made, 'status', '--short')).toContain('?? link');
});

test('a detached head, a shallow clone, a subfolder and ignored files are no trouble', async () => {
  const made = await repository();
  await writeFile(join(made, '.gitignore'), 'ignored\n');
  run(made, 'add', '--all');
  run(made, 'commit', '--quiet', '--message=second');
  await writeFile(join(made, 'ignored'), 'x');
  const shallow = join(await folder(), 'clone');
  run(made, 'clone', '--quiet', '--depth=1', `file://${made}`, shallow);
  run(shallow, 'checkout', '--quiet', '--detach');
  await mkdir(join(shallow, 'sub'));
  const found = await git.revision(join(shallow, 'sub'), signal);
  expect(found).toMatchObject({ sha: run(made, 'rev-parse', 'HEAD'), dirty: false });
  expect(found).not.toHaveProperty('branch');
});

test('a submodule that differs makes another revision, by what it holds', async () => {
  const inner = await repository();
  const outer = await repository();
  run(outer, 'submodule', '--quiet', 'add', inner, 'part');
  run(outer, 'commit', '--quiet', '--message=with part');
  expect((await git.revision(outer, signal))?.dirty).toBe(false);
  await writeFile(join(outer, 'part', 'a.txt'), 'two');
  const one = (await git.revision(outer, signal))?.name;
  await writeFile(join(outer, 'part', 'a.txt'), 'three');
  const other = (await git.revision(outer, signal))?.name;
  expect(one).toMatch(/-dirty-/);
  expect(other).not.toBe(one);
});

test('B47: no repository is none, and one without commits is refused with what to do', async () => {
  expect(await git.revision(await folder(), signal)).toBeUndefined();
  const empty = await folder();
  run(empty, 'init', '--quiet');
  await expect(git.revision(empty, signal)).rejects.toMatchObject({ code: 'revision-missing', fix: expect.stringContaining('Commit') });
});

test('B48: nothing that a repository names is run, and nothing in it changes', async () => {
  const made = await repository();
  const index = await readFile(join(made, '.git', 'index'));
  await writeFile(join(made, 'hook.sh'), '#!/bin/sh\ntouch "$(dirname "$0")/ran"\n', { mode: 0o755 });
  run(made, 'config', 'core.fsmonitor', join(made, 'hook.sh'));
  run(made, 'config', 'diff.external', join(made, 'hook.sh'));
  await git.revision(made, signal);
  await expect(readFile(join(made, 'ran'))).rejects.toThrow();
  expect(await readFile(join(made, '.git', 'index'))).toEqual(index);
});

test('commits that the checkout has are told by their subject and author; others, and what is no commit, are left out', async () => {
  const made = await repository();
  const first = run(made, 'rev-parse', 'HEAD');
  run(made, 'commit', '--quiet', '--allow-empty', '--message=second: “quoted”\n\nmore', '--author=Zoë Ö <zoe@shop.example>');
  const second = run(made, 'rev-parse', 'HEAD');
  expect(await git.commits(made, [second, 'f'.repeat(40), first, '--all', 'main'], signal)).toEqual([
    { sha: second, subject: 'second: “quoted”', author: 'Zoë Ö' },
    { sha: first, subject: 'first', author: 'T' },
  ]);
  expect(await git.commits(made, [], signal)).toEqual([]);
});

/** The number of a process that has ended. */
const gone = spawnSync('true').pid;

test('files of a commit are read as it has them, also from a folder within and through its links, and never from outside', async () => {
  const made = await repository();
  await mkdir(join(made, 'shop', 'k8s'), { recursive: true });
  const write = (text: string) => Promise.all(['shop/k8s/a.yaml', 'shop/k8s/b.yaml', 'shop/k8s/c.txt', 'common.yaml'].map((file) => writeFile(join(made, file), `${text} of ${file} – ü\r\n`)));
  await write('old');
  await writeFile(join(made, 'shop', 'key.bin'), Buffer.from([0xff, 0, 0xfe]));
  await symlink('../common.yaml', join(made, 'shop', 'link.yaml'));
  await symlink('/etc/hostname', join(made, 'shop', 'out.yaml'));
  await writeFile(join(made, '.gitattributes'), '*.yaml export-ignore filter=evil\n');
  run(made, 'config', 'filter.evil.smudge', 'sed s/old/evil/');
  run(made, 'add', '--all');
  run(made, 'commit', '--quiet', '--message=old');
  const old = run(made, 'rev-parse', 'HEAD');
  run(made, 'rm', '--quiet', '-r', 'shop/k8s');
  await mkdir(join(made, 'shop'), { recursive: true });
  await writeFile(join(made, 'common.yaml'), 'new');
  const found = await git.filesOf(join(made, 'shop'), old, signal);
  if (!found) throw new Error('it does not have the commit');
  expect(await found.bring(['k8s/*.yaml', 'link.yaml', '../common.yaml', './k8s/c.txt'], signal)).toEqual([]);
  expect((await readdir(join(found.folder, 'k8s'))).sort()).toEqual(['a.yaml', 'b.yaml', 'c.txt']);
  expect(await readFile(join(found.folder, 'k8s/a.yaml'), 'utf8')).toBe('old of shop/k8s/a.yaml – ü\r\n');
  for (const file of ['link.yaml', '../common.yaml']) expect(await readFile(join(found.folder, file), 'utf8')).toBe('old of common.yaml – ü\r\n');
  expect(await found.bring(['key.bin'], signal)).toEqual([]);
  expect([...await readFile(join(found.folder, 'key.bin'))]).toEqual([0xff, 0, 0xfe]);
  for (const name of [`${gone}-abc123`, `${process.pid}-abc123`, 'backup', `${gone}`]) await mkdir(join(work, name));
  await (await git.filesOf(made, old, signal))?.remove();
  expect((await readdir(work)).filter((name) => /abc123|backup|^\d+$/.test(name)).sort()).toEqual([`${gone}`, `${process.pid}-abc123`, 'backup'].sort());
  const none = ['../../out', '/etc/hostname', 'out.yaml', 'k8s', 'none/*.yaml', `k8s/a.yaml\n${old}:common.yaml`];
  expect(await found.bring(none, signal)).toEqual(none);
  await found.remove();
  await expect(readdir(found.folder)).rejects.toThrow('ENOENT');
  for (const commit of ['f'.repeat(40), '--help', 'HEAD', `${old}-dirty-0123456789ab`]) expect(await git.filesOf(made, commit, signal), commit).toBeUndefined();
});

test('B25: links that go round or lead out, pipes, sockets and names that are no text are no hindrance', async () => {
  const made = await repository();
  for (const [name, to] of [['root', '/'], ['loop', 'loop'], ['new\nline', 'gone']] as const) await symlink(to, join(made, name));
  await writeFile(Buffer.concat([Buffer.from(join(made, 'bad')), Buffer.from([0xff, 0xfe])]), '');
  await writeFile(join(made, '\u{1f600}'), '');
  execFileSync('mkfifo', [join(made, 'pipe')]);
  const server = createServer();
  onTestFinished(() => void server.close());
  await new Promise<void>((listening) => server.listen(join(made, 'sock'), listening));
  expect(await git.revision(made, signal)).toMatchObject({ dirty: true, changes: 5 });
});

test('B25: a file too large to read is left when the work is cancelled', async () => {
  const made = await repository();
  const file = await open(join(made, 'sparse'), 'w');
  await file.truncate(2 ** 40);
  await file.close();
  const cancel = new AbortController();
  const began = performance.now();
  setTimeout(() => cancel.abort(), 200);
  await expect(git.revision(made, cancel.signal)).rejects.toMatchObject({ name: 'AbortError' });
  expect(performance.now() - began).toBeLessThan(5000);
});
