import { mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createGitDeployer } from '#adapters/deploy/git-deployer.ts';
import { createProcessRunner } from '#adapters/process/process-runner.ts';
import { failureOf, git, never } from '../../features/releases/release-scene.ts';

describe('what is rendered into an infrastructure repository', () => {
  /** A repository with these files, and a deployment into it of a template of the image. */
  async function infrastructure(files: Readonly<Record<string, string>>, template = 'image: ${IMAGE}\n') {
    const root = await mkdtemp(join(tmpdir(), 'bt-infra-'));
    onTestFinished(() => rm(root, { recursive: true, force: true }));
    const [bare, other, project] = ['infra.git', 'other', 'project'].map((name) => join(root, name)) as [string, string, string];
    await git(root, 'init', '--quiet', '--bare', '--initial-branch=main', bare);
    await git(root, 'clone', '--quiet', bare, other);
    for (const [file, text] of Object.entries(files)) await (text.startsWith('-> ') ? symlink(text.slice(3), join(other, file)) : writeFile(join(other, file), text));
    await git(other, 'add', '-A');
    await git(other, 'commit', '--quiet', '--allow-empty', '-m', 'begin');
    await git(other, 'push', '--quiet', 'origin', 'HEAD:main');
    await mkdir(project);
    await writeFile(join(project, 'shop.tmpl'), template);
    const order = { release: 'rel-1', project: 'shop', directory: project, target: 'staging', revision: 'a'.repeat(40), image: `x@sha256:${'1'.repeat(64)}`, who: 'ann', mode: 'deploy' } as const;
    const said: string[] = [];
    const work = { signal: never, tell: (news: object) => void said.push(JSON.stringify(news)), secret: () => Promise.reject(new Error('none')), redact: (text: string) => text };
    const deployer = createGitDeployer({ processes: createProcessRunner(process.env), folder: join(root, 'clones') });
    return { root, bare, said, into: (file: string, repository = bare) => deployer.deploy({ repository, branch: 'main', render: { 'shop.tmpl': file } }, order, work) };
  }

  test('has the image, is tracked, and is never written through a link', async () => {
    const { root, bare, into } = await infrastructure({ '.gitignore': 'ignored\n', away: `-> ${tmpdir()}`, link: '-> .gitignore', hooks: '-> .git/hooks' });
    expect(await failureOf(into('ignored/shop.yaml'))).toMatchObject({ code: 'deploy-failed', message: expect.stringContaining('ignores a file') as string });
    for (const file of ['away/shop.yaml', 'away/new/shop.yaml', 'link', 'hooks/pre-push', '.GIT/config', '../shop.yaml']) expect(await failureOf(into(file)), file).toMatchObject({ code: 'config-invalid', message: `${file} leads out of the infrastructure repository` });
    await into('new/shop.yaml');
    await into('new/shop.yaml');
    expect(await git(bare, 'log', '--format=%s', 'main')).toBe(`Release shop ${'a'.repeat(12)} to staging\nbegin`);
    expect(await readdir(join(root, 'clones'))).toEqual([]);
    await mkdir(join(root, 'clones', '4194305-killed'));
    expect(await failureOf((await infrastructure({}, 'image: shop:latest\n')).into('shop.yaml'))).toMatchObject({ code: 'config-invalid', message: expect.stringContaining('has the released image') as string });
    await into('new/shop.yaml');
    expect(await readdir(join(root, 'clones'))).toEqual([]);
  });

  test('is pushed with a token that nobody is shown, and a network that is lost is said plainly', async () => {
    const authorizations: (string | undefined)[] = [];
    const listener = http.createServer((request, response) => void (authorizations.push(request.headers.authorization), response.writeHead(403).end()));
    await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void listener.close());
    const place = `127.0.0.1:${(listener.address() as AddressInfo).port}/infra.git`;
    const { said, into } = await infrastructure({});
    const failure = await failureOf(into('shop.yaml', `http://ci:token-of-infra@${place}`));
    expect(failure).toMatchObject({ code: 'deploy-failed', message: expect.stringContaining(`http://${place} cannot be cloned`) as string });
    expect(authorizations[0]).toBe(`Basic ${Buffer.from('ci:token-of-infra').toString('base64')}`);
    expect(JSON.stringify([failure, said])).not.toContain('token-of-infra');
    expect(await failureOf(into('shop.yaml', 'http://127.0.0.1:9/infra.git'))).toMatchObject({ code: 'deploy-failed', fix: expect.stringContaining('reachable') as string });
  });
});
