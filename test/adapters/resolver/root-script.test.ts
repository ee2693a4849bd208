import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { rootScript, type StagedChange } from '#adapters/resolver/root-script.ts';

const sh = (script: string) => promisify(execFile)('sh', [script]);

async function stage(): Promise<{ readonly folder: string; readonly script: string; readonly changed: StagedChange; readonly created: StagedChange; readonly removed: StagedChange }> {
  const folder = await mkdtemp(join(tmpdir(), "bt-it's-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const put = async (name: string, text: string) => {
    await writeFile(join(folder, name), text);
    return join(folder, name);
  };
  await mkdir(join(folder, 'etc'));
  const owner = { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };
  const changed = { target: await put('etc/hosts', 'one\n'), before: await put('0.before', 'one\n'), after: { copy: await put('0.after', 'two\n'), mode: 0o640, ...owner } };
  const created = { target: join(folder, 'etc/deep/er/new.conf'), before: undefined, after: { copy: await put('1.after', 'new\n'), mode: 0o644, ...owner } };
  const removed = { target: await put('etc/old', 'old'), before: await put('2.before', 'old'), after: undefined };
  const script = await put('run.sh', rootScript([changed, created, removed], { emptied: [join(folder, 'etc/none')], commands: [['touch', join(folder, 'etc/told')]] }));
  return { folder, script, changed, created, removed };
}

test('the script for root makes the changes with their modes, and does no harm a second time', async () => {
  const { folder, script, changed, created, removed } = await stage();
  for (const _time of [1, 2]) {
    await sh(script);
    expect(await readFile(changed.target, 'utf8')).toBe('two\n');
    expect((await stat(changed.target)).mode & 0o777).toBe(0o640);
    expect(await readFile(created.target, 'utf8')).toBe('new\n');
    await expect(stat(removed.target)).rejects.toMatchObject({ code: 'ENOENT' });
    expect((await stat(join(folder, 'etc/told'))).isFile()).toBe(true);
  }
});

test('the script for root stops before a file that somebody else changed since', async () => {
  const { script, changed, created } = await stage();
  await writeFile(changed.target, 'theirs\n');
  await expect(sh(script)).rejects.toMatchObject({ stderr: expect.stringContaining('was changed by somebody else since') });
  expect(await readFile(changed.target, 'utf8')).toBe('theirs\n');
  await expect(stat(created.target)).rejects.toMatchObject({ code: 'ENOENT' });
});
