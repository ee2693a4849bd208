import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { BacklotError } from '#contract/errors.ts';
import { filePattern } from '#core/file-pattern.ts';
import type { Deployer, DeployOrder, DeployWork, KubernetesSettings } from '#ports/deployer.ts';
import type { ProcessRunner, RunResult } from '#ports/process-runner.ts';
import { renderTemplate } from './render-template.ts';

/** How long a rollout may take. */
const LIMIT_SECONDS = 900;

/** By kubectl: the manifests get the image with its digest as `${IMAGE}`, are applied, and the rollouts are waited for. */
export function createKubernetesDeployer({ processes }: { readonly processes: ProcessRunner }): Deployer<KubernetesSettings> {
  return {
    async deploy(settings, order, work) {
      const kubectl = (args: readonly string[], input?: string): Promise<RunResult> => {
        const place = [...(settings.context === undefined ? [] : ['--context', settings.context]), ...(settings.namespace === undefined ? [] : ['--namespace', settings.namespace])];
        return processes.run('kubectl', [...place, ...args], { directory: order.directory, timeout: (LIMIT_SECONDS + 60) * 1000, endsWithUs: true, ...(input !== undefined && { input }) }, work.signal);
      };
      const text = await render(settings.manifests, order);
      const applied = await kubectl(['apply', '-f', '-'], text);
      if (applied.exitCode !== 0) throw failed('kubectl does not apply the manifests', applied, work);
      for (const resource of settings.rollout ?? []) await follow(resource, order, work, kubectl);
      return {};
    },
  };
}

type Kubectl = (args: readonly string[], input?: string) => Promise<RunResult>;

/** A rollout that gets stuck is undone at once, so that the old replicas take everything again. */
async function follow(resource: string, order: DeployOrder, work: DeployWork, kubectl: Kubectl): Promise<void> {
  const about = { type: 'instance' as const, target: order.target, instance: resource, revision: order.revision, ...(order.previous && { previous: order.previous.revision }) };
  work.tell({ ...about, state: 'running' });
  const ended = await kubectl(['rollout', 'status', resource, `--timeout=${LIMIT_SECONDS}s`]);
  if (ended.exitCode === 0) return work.tell({ ...about, state: 'done' });
  work.tell({ ...about, state: 'failed', why: work.redact(ended.stderr.trim()) });
  if (order.mode === 'deploy' && order.previous) await kubectl(['rollout', 'undo', resource]);
  throw failed(`${resource} does not come up`, ended, work);
}

async function render(manifests: readonly string[], order: DeployOrder): Promise<string> {
  const files = (await Promise.all(manifests.map((pattern) => filesOf(path.resolve(order.files, pattern), path.resolve(order.directory, pattern))))).flat();
  const texts = await Promise.all(files.map(async (file) => renderTemplate(await readFile(file, 'utf8'), order, file)));
  if (!texts.some((text) => text.includes(order.image))) throw new BacklotError('config-invalid', `No manifest has the released image: ${files.join(', ')}`, { fix: 'Write image: ${IMAGE} where it belongs.' });
  return texts.join('\n---\n');
}

/** The files that a path with stars in its last part means; none is a fault. */
async function filesOf(pattern: string, shown: string): Promise<string[]> {
  const folder = path.dirname(pattern);
  const form = filePattern(path.basename(pattern));
  const names = (await readdir(folder).catch(() => [])).filter((name) => form.test(name)).sort();
  if (names.length === 0) throw new BacklotError('config-invalid', `There is no manifest ${shown}`, { where: { file: shown }, fix: 'Say at deploy.kubernetes.manifests where they are.' });
  return names.map((name) => path.join(folder, name));
}

function failed(what: string, { stderr }: RunResult, { redact }: DeployWork): BacklotError {
  const said = redact(stderr.trim());
  return new BacklotError('deploy-failed', `${what}: ${said.split('\n').at(-1) ?? ''}`, { cause: said, fix: 'kubectl describe and kubectl logs tell more.' });
}
