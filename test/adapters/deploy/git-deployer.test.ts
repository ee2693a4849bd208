import { mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createGitDeployer, linkOf } from '#adapters/deploy/git-deployer.ts';
import { createProcessRunner } from '#adapters/process/process-runner.ts';
import type { ProcessRunner, RunResult } from '#ports/process-runner.ts';
import { failureOf, git, never } from '../../features/releases/release-scene.ts';

/** What happens around the first push of a deployment; `other` is somebody else's clone. */
type AroundPush = (push: () => Promise<RunResult>, other: string) => Promise<RunResult>;

describe('what is rendered into an infrastructure repository', () => {
  /** A repository with these files, and a deployment into it of a template of the image. */
  async function infrastructure(files: Readonly<Record<string, string>>, template = 'image: ${IMAGE}\n', aroundPush: AroundPush = (push) => push()) {
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
    const order = { release: 'rel-1', project: 'shop', directory: project, files: project, target: 'staging', revision: 'a'.repeat(40), image: `x@sha256:${'1'.repeat(64)}`, who: 'ann', mode: 'deploy' } as const;
    const said: string[] = [];
    const work = { signal: never, tell: (news: object) => void said.push(JSON.stringify(news)), secret: () => Promise.reject(new Error('none')), redact: (text: string) => text };
    const real = createProcessRunner(process.env);
    let pushes = 0;
    const processes: ProcessRunner = { run: (file, args, ...rest) => (args.includes('push') && pushes++ === 0 ? aroundPush(() => real.run(file, args, ...rest), other) : real.run(file, args, ...rest)) };
    const deployer = createGitDeployer({ processes, folder: join(root, 'clones') });
    return { root, bare, said, pushes: () => pushes, into: (file: string, repository = bare) => deployer.deploy({ repository, branch: 'main', render: { 'shop.tmpl': file } }, order, work) };
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

  test('comes as one commit on top of what somebody pushes to the same file meanwhile, and of theirs nothing is lost', async () => {
    const { bare, into, pushes } = await infrastructure({ 'shop.yaml': 'image: old\n' }, undefined, async (push, other) => {
      for (const [file, text] of [['shop.yaml', 'image: theirs\n'], ['theirs.yaml', 'kept\n']] as const) await writeFile(join(other, file), text);
      await git(other, 'add', '-A');
      await git(other, 'commit', '--quiet', '-m', 'theirs');
      await git(other, 'push', '--quiet', 'origin', 'HEAD:main');
      return push();
    });
    await into('shop.yaml', `file://${bare}`);
    expect(pushes()).toBe(2);
    expect(await git(bare, 'log', '--format=%s', 'main')).toBe(`Release shop ${'a'.repeat(12)} to staging\ntheirs\nbegin`);
    expect(await git(bare, 'show', 'main:shop.yaml')).toBe(`image: x@sha256:${'1'.repeat(64)}`);
    expect(await git(bare, 'show', '--format=', '--name-only', 'main')).toBe('shop.yaml');
    expect(await git(bare, 'show', 'main:theirs.yaml')).toBe('kept');
  });

  test('is not committed again where the push was carried out and only its answer was lost', async () => {
    const { bare, into, pushes } = await infrastructure({}, undefined, async (push) => ({ ...(await push()), exitCode: 128, stderr: 'fatal: the remote end hung up unexpectedly' }));
    await into('shop.yaml', `file://${bare}`);
    expect(pushes()).toBe(1);
    expect(await git(bare, 'log', '--format=%s', 'main')).toBe(`Release shop ${'a'.repeat(12)} to staging\nbegin`);
  });

  test('needs its branch to be there, and says so', async () => {
    const { bare, into } = await infrastructure({});
    await git(bare, 'branch', '-m', 'main', 'trunk');
    expect(await failureOf(into('shop.yaml'))).toMatchObject({ code: 'deploy-failed', message: `The infrastructure repository ${bare} has no branch main`, fix: expect.stringContaining('deploy.git.branch') as string });
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

test.each([
  ['ssh://git@git.example:2222/team/infra.git', 'https://git.example/team/infra/commit/c0ffee'],
  ['ssh://gitea@git.example/infra', 'https://git.example/infra/commit/c0ffee'],
  ['org-42@github.com:acme/infra.git', 'https://github.com/acme/infra/commit/c0ffee'],
  ['https://ci:token@git.example:8443/team/infra.git', 'https://git.example:8443/team/infra/commit/c0ffee'],
  ['/srv/git/infra.git', undefined],
])('a commit in %s is looked at at %s', (repository, link) => expect(linkOf(repository, 'c0ffee')).toBe(link));
