import { setTimeout as delay } from 'node:timers/promises';
import { BacklotError } from '#contract/errors.ts';
import { millisecondsOf } from '#core/duration.ts';
import { timeLimit } from '#core/time-limit.ts';
import type { Deployer, DeployOrder, DeployWork, WebhookSettings } from '#ports/deployer.ts';
import { callGeneric } from './webhook-generic.ts';
import { callGithub } from './webhook-github.ts';
import { callJenkins } from './webhook-jenkins.ts';

const TIMEOUT = 30 * 60_000;
/** Between two looks at the outcome. */
const PAUSE = 1000;

/** How far the other side is; `done` and `failed` are the end. */
export type Progress = { readonly state: 'waiting' | 'running' | 'done' | 'failed'; readonly why?: string; readonly link?: string };

/** A call that was accepted, and how its outcome is asked for; without `look`, accepted is all that can be known. */
export type Accepted = { readonly look?: (signal: AbortSignal) => Promise<Progress> };

export type Hook = { readonly url: string; readonly secret: string | undefined; readonly status: string | undefined; readonly order: DeployOrder; readonly signal: AbortSignal };

const KINDS: Readonly<Record<NonNullable<WebhookSettings['kind']>, (hook: Hook) => Promise<Accepted>>> = { generic: callGeneric, jenkins: callJenkins, github: callGithub };

/** A call to Jenkins, GitHub or any server, whose outcome is then asked for until it is there. */
export function createWebhookDeployer(): Deployer<WebhookSettings> {
  return {
    check: secretsOf,
    async deploy(settings, order, work) {
      const kind = settings.kind ?? 'generic';
      const [url, secret, status] = await secretsOf(settings, work);
      const timeout = settings.timeout === undefined ? TIMEOUT : millisecondsOf(settings.timeout);
      const signal = AbortSignal.any([work.signal, timeLimit(timeout)]);
      try {
        const accepted = await KINDS[kind]({ url, secret, status, order, signal });
        return await follow(accepted, { kind, order, work, signal });
      } catch (error) {
        if (!signal.aborted || work.signal.aborted) throw error;
        throw new BacklotError('deploy-failed', `${kind} did not end within ${timeout / 1000} s`, { fix: 'See there what it does. The time is deploy.webhook.timeout.' });
      }
    },
  };
}

const secretsOf = ({ url, secret, status }: WebhookSettings, work: Pick<DeployWork, 'secret'>) =>
  Promise.all([
    work.secret(url, 'The address of the webhook'),
    secret && work.secret(secret, 'The secret of the webhook'),
    status === undefined ? undefined : work.secret(status, 'The address of the status'),
  ]);

async function follow({ look }: Accepted, { kind, order, work, signal }: { readonly kind: string; readonly order: DeployOrder; readonly work: DeployWork; readonly signal: AbortSignal }): Promise<{ link?: string }> {
  const about = { type: 'instance' as const, target: order.target, instance: kind, revision: order.revision, ...(order.previous && { previous: order.previous.revision }) };
  let told = '';
  for (;;) {
    const { state, why, link } = look ? await look(signal) : { state: 'done' as const, why: 'accepted; its outcome is not asked for', link: undefined };
    const line = `${state} ${why ?? ''}`;
    if (line !== told) work.tell({ ...about, state, ...(why !== undefined && { why: work.redact(why) }) });
    told = line;
    if (state === 'done') return link === undefined ? {} : { link };
    if (state === 'failed') throw new BacklotError('deploy-failed', `${kind} says that it failed: ${work.redact(why ?? 'without a reason')}`, { fix: link === undefined ? 'See its log there.' : `See its log: ${link}` });
    await delay(PAUSE, undefined, { signal }).catch(() => {});
    if (signal.aborted) throw new BacklotError('cancelled', 'cancelled');
  }
}
