import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { createProjectFiles } from '#adapters/files/project-files.ts';
import { createProcessRunner } from '#adapters/process/process-runner.ts';
import { cloneComponents, missingComponents } from '#features/project/clone-components.ts';
import { ProjectFolder } from './project-folder.ts';

const ports = { files: createProjectFiles(), processes: createProcessRunner(process.env), environment: {} };

function clone(folder: ProjectFolder, signal = AbortSignal.timeout(60_000)) {
  const told: unknown[] = [];
  return cloneComponents({ directory: folder.path('shop') }, ports, { id: 'x', signal, tell: (news) => told.push('text' in news ? news.text : news) }).then((result) => ({ ...result, told }));
}

/** A repository with one commit on `main` and the tag `v1`. */
function commit(directory: string): void {
  const git = (...args: string[]) => execFileSync('git', ['-c', 'user.name=Test', '-c', 'user.email=test@example.test', '-C', directory, ...args], { stdio: 'pipe' });
  git('init', '--quiet', '--initial-branch=main');
  git('add', '.');
  git('commit', '--quiet', '--message=first');
  git('tag', 'v1');
}

const SHOP = 'version: 1\ncomponents: {payments: {path: ../payments, git: ../origin/payments, ref: v1}}\n';

describe('cloning components', () => {
  test('gets what is missing, and leaves what that needs for the next time', async () => {
    using folder = new ProjectFolder({
      'shop/backlot.yaml': SHOP, 'shop/compose.yaml': 'services: {web: {image: nginx}}\n',
      'origin/payments/backlot.yaml': 'version: 1\ncomponents: {ledger: {path: ../ledger, git: ../origin/ledger}}\n', 'origin/payments/compose.yaml': 'services: {pay: {image: x}}\n',
      'origin/ledger/compose.yaml': 'services: {book: {image: x}}\n',
    });
    commit(folder.path('origin/payments'));
    commit(folder.path('origin/ledger'));
    expect(await clone(folder)).toEqual({
      cloned: [{ name: 'payments', directory: folder.path('payments') }], told: [`cloning payments from ${folder.path('origin/payments')} to ${folder.path('payments')}`],
    });
    expect(existsSync(folder.path('payments/compose.yaml'))).toBe(true);
    expect((await missingComponents(folder.path('shop'), ports)).map(({ name }) => name)).toEqual(['ledger']);
    expect((await clone(folder)).cloned).toEqual([{ name: 'ledger', directory: folder.path('ledger') }]);
    expect(await missingComponents(folder.path('shop'), ports)).toEqual([]);
  });

  test('says why it could not, without the password of the URL, and leaves no folder', async () => {
    using folder = new ProjectFolder({ 'shop/backlot.yaml': 'version: 1\ncomponents: {payments: {path: ../payments, git: "http://me:hunter2@127.0.0.1:9/x.git"}}\n', 'shop/compose.yaml': 'services: {web: {image: nginx}}\n' });
    const error = await clone(folder).then(() => undefined, (thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'command-failed', message: expect.stringContaining('payments was not cloned: fatal: unable to access') as unknown, fix: 'See whether git can reach it by itself: git ls-remote http://me:…@127.0.0.1:9/x.git' });
    expect(JSON.stringify([error, (error as Error).message, (error as Error).cause])).not.toContain('hunter2');
    expect(existsSync(folder.path('payments'))).toBe(false);
  });

  test('of one that says no URL says where it belongs', async () => {
    using folder = new ProjectFolder({ 'shop/backlot.yaml': 'version: 1\ncomponents: {payments: {path: ../payments}}\n', 'shop/compose.yaml': 'services: {web: {image: nginx}}\n' });
    await expect(clone(folder)).rejects.toMatchObject({ code: 'component-missing', fix: 'Check it out there, or mend the path.' });
  });
});
