import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { onTestFinished } from 'vitest';
import { createDockerEngine } from '#adapters/docker/docker-engine.ts';
import { createProjectFiles } from '#adapters/files/project-files.ts';
import { createGit } from '#adapters/git/git.ts';
import { createIdentity } from '#adapters/identity/identity.ts';
import { createProcessRunner } from '#adapters/process/process-runner.ts';
import { createSecretReader } from '#adapters/process/secret-reader.ts';
import { createImageRegistry } from '#adapters/registry/image-registry.ts';
import type { OperationNews } from '#contract/operations.ts';
import type { StageProof } from '#contract/releases.ts';
import type { LocalEvidence } from '#features/releases/evidence/local-evidence.ts';
import { createGitDeployer } from '#adapters/deploy/git-deployer.ts';
import { createScriptDeployer } from '#adapters/deploy/script-deployer.ts';
import { createTargetStages } from '#adapters/deploy/target-stages.ts';
import { notify } from '#adapters/notify/notify.ts';
import { createWebhookDeployer } from '#adapters/deploy/webhook-deployer.ts';
import { createKpiSources } from '#adapters/kpi/kpi-sources.ts';
import { createStateStore } from '#adapters/state/state-store.ts';
import { findPaths } from '#adapters/state/paths.ts';
import { createRedactor } from '#core/redact.ts';
import type { ReleasePorts } from '#features/releases/hold-target.ts';
import { docker } from '../../adapters/registry/registry-scene.ts';

export const never = new AbortController().signal;
export const git = async (directory: string, ...args: string[]) => (await promisify(execFile)('git', ['-c', 'user.name=Ann', '-c', 'user.email=ann@shop.example', ...args], { cwd: directory })).stdout.trim();

export type ReleaseScene = {
  readonly directory: string;
  readonly remote: string;
  readonly image: string;
  readonly ports: ReleasePorts;
  readonly work: { readonly id: string; readonly signal: AbortSignal; readonly tell: (news: OperationNews) => void };
  readonly told: OperationNews[];
  readonly write: (files: Readonly<Record<string, string>>) => Promise<void>;
  /** Commits everything and pushes it, and answers the revision. */
  readonly commit: (message?: string) => Promise<string>;
  /** Builds the image of what is checked out, and answers the engine's id of it. */
  readonly build: (revision: string, content?: string) => Promise<string>;
  /** Lets stages have passed on an image. */
  readonly pass: (id: string, revision: string, ...stages: readonly string[]) => void;
};

/** A checkout with a remote of its own, an image that is built from it, and ports on the real engine and registry. */
export async function releaseScene(files: Readonly<Record<string, string>>, variables: Readonly<Record<string, string>> = {}): Promise<ReleaseScene> {
  const name = `rel-${randomBytes(4).toString('hex')}`;
  const root = await realpath(await mkdtemp(join(tmpdir(), `${name}-`)));
  const directory = join(root, 'checkout');
  const remote = join(root, 'remote.git');
  const environment = { ...process.env, ...variables };
  const engine = createDockerEngine({ choice: {}, environment, home: root });
  onTestFinished(async () => {
    engine.close();
    const images = (await docker('image', 'ls', '-q', '--no-trunc', '--filter', `label=dev.backlot.test=${name}`)).split('\n').filter(Boolean);
    if (images.length > 0) await docker('image', 'rm', '-f', ...new Set(images));
    await rm(root, { recursive: true, force: true });
  });
  await mkdir(directory);
  await git(root, 'init', '--quiet', '--bare', '--initial-branch=main', remote);
  await git(directory, 'init', '--quiet', '--initial-branch=main');
  await git(directory, 'remote', 'add', 'origin', remote);
  const write = async (more: Readonly<Record<string, string>>) => {
    for (const [file, text] of Object.entries(more)) {
      await mkdir(dirname(join(directory, file)), { recursive: true });
      await writeFile(join(directory, file), text.replaceAll('NAME', name));
    }
  };
  await write(files);
  const known = new Map<string, LocalEvidence>();
  const processes = createProcessRunner(environment);
  const told: OperationNews[] = [];
  const ports: ReleasePorts = {
    engine,
    registry: createImageRegistry({ environment, home: root }),
    git: createGit(processes, join(root, 'commit-files')),
    files: createProjectFiles(),
    environment,
    secrets: createSecretReader({ environment, processes }),
    loadProject: () => Promise.reject(new Error('not asked for')),
    projectKey: async (project) => Promise.resolve(Buffer.from(`${name} ${project}`.padEnd(32, '.').slice(0, 32))),
    localEvidence: async (id) => Promise.resolve(known.get(id)),
    recentRuns: async () => Promise.resolve([]),
    identity: createIdentity(environment),
    who: 'ann@laptop',
    machine: name,
    store: createStateStore({ paths: findPaths({ BACKLOT_HOME: join(root, 'home') }), shell: 'test' }),
    redactor: createRedactor(variables),
    kpi: createKpiSources({ processes }),
    notify,
    stages: createTargetStages({ processes, commandLine: () => engine.commandLine() }),
    deployers: { script: createScriptDeployer({ processes }), webhook: createWebhookDeployer(), git: createGitDeployer({ processes, folder: join(root, 'clones') }) },
  };
  const image = `${name}/shop`;
  return {
    directory,
    remote,
    image,
    ports,
    told,
    work: { id: 'op-test', signal: never, tell: (news) => told.push(news) },
    write,
    async commit(message = 'change') {
      await git(directory, 'add', '-A');
      await git(directory, 'commit', '--quiet', '--allow-empty', '-m', message);
      await git(directory, 'push', '--quiet', 'origin', 'HEAD:main');
      return git(directory, 'rev-parse', 'HEAD');
    },
    async build(revision, content = revision) {
      const context = await mkdtemp(join(root, 'context-'));
      await writeFile(join(context, 'Dockerfile'), `FROM debian:bookworm-slim\nLABEL dev.backlot.test=${name} org.opencontainers.image.revision=${revision}\nRUN echo ${content} >/revision\nCMD ["sleep", "1000"]\n`);
      await docker('build', '--quiet', '-t', `${image}:${revision}`, context);
      return docker('image', 'inspect', '--format', '{{.Id}}', `${image}:${revision}`);
    },
    pass(id, revision, ...stages) {
      const before = known.get(id)?.stages ?? [];
      const time = new Date().toISOString();
      const proofs = stages.map((stage): StageProof => ({ stage, run: `run-${stage}`, tests: 3, failures: 0, skipped: 0, seconds: 1.5, time, where: 'ann@laptop', inputs: 'h' }));
      known.set(id, { image: `${image}:${revision}`, revision, dirty: false, platform: 'linux/amd64', stages: [...before, ...proofs] });
    },
  };
}

/** The failure that a promise ends with. */
export async function failureOf(promise: Promise<unknown>): Promise<{ readonly code: string; readonly message: string; readonly fix: string; readonly also?: readonly { readonly message: string }[]; readonly result?: unknown }> {
  return promise.then(
    () => Promise.reject(new Error('it did not fail')),
    (error: unknown) => error as never,
  );
}
