import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { createPageProtocol } from '../../../src-main/shells/electron/page-protocol.ts';

async function protocol() {
  const folder = await mkdtemp(join(tmpdir(), 'backlot-page-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const root = join(folder, 'renderer');
  await mkdir(root);
  await writeFile(join(folder, 'secret.txt'), 'secret');
  await writeFile(join(root, 'index.html'), '<!doctype html>');
  await symlink(join(folder, 'secret.txt'), join(root, 'link.txt'));
  const warnings: string[] = [];
  return { ask: createPageProtocol(root, (text) => warnings.push(text)), warnings };
}

test('the page and its views are answered under the content policy', async () => {
  const { ask } = await protocol();
  for (const address of ['app://backlot/', 'app://backlot/index.html', 'app://backlot/services?x=1']) {
    const response = await ask(new Request(address));
    expect([response.status, await response.text()]).toEqual([200, '<!doctype html>']);
    expect(response.headers.get('content-security-policy')).toContain("connect-src 'self';");
  }
});

test('B58: nothing else is answered, and it is told once', async () => {
  const { ask, warnings } = await protocol();
  const addresses = ['app://backlot/../../etc/passwd.txt', 'app://backlot/%2e%2e/secret.txt', 'app://backlot/..%2fsecret.txt', 'app://backlot/..%5csecret.txt', 'app://backlot/x%00.txt', 'app://backlot/%zz.txt', 'app://backlot/link.txt', 'app://other/index.html', 'app://backlot.evil/index.html'];
  for (const address of addresses) expect([address, (await ask(new Request(address))).status]).toEqual([address, 404]);
  expect((await ask(new Request('app://backlot/', { method: 'POST', body: 'x' }))).status).toBe(405);
  expect(warnings).toHaveLength(1);
});
