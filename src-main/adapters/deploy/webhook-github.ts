import { BacklotError } from '#contract/errors.ts';
import { jsonOf, send } from './send.ts';
import type { Accepted, Hook, Progress } from './webhook-deployer.ts';

const VERSION = '2022-11-28';

type Run = { readonly id?: number; readonly status?: string; readonly conclusion?: string | null; readonly html_url?: string; readonly created_at?: string; readonly display_title?: string; readonly name?: string };

/**
 * Starts a workflow: the address is that of its dispatches, `…/actions/workflows/deploy.yml/dispatches`, with `?ref=` for another branch than main; the secret is a token.
 * GitHub does not say which run it began: the one that names the release in its title counts, else the first after the call.
 */
export async function callGithub({ url, secret, order, signal }: Hook): Promise<Accepted> {
  const place = new URL(url);
  const ref = place.searchParams.get('ref') ?? 'main';
  place.search = '';
  const headers = { accept: 'application/vnd.github+json', 'x-github-api-version': VERSION, ...(secret !== undefined && { authorization: `Bearer ${secret}` }) };
  const inputs = { revision: order.revision, image: order.image, target: order.target, release: order.release, mode: order.mode };
  const answer = await send({ url: place.href, method: 'POST', headers: { ...headers, 'content-type': 'application/json' }, body: JSON.stringify({ ref, inputs }) }, 'GitHub', signal, { isOnce: true });
  if (answer.status >= 300) throw new BacklotError('deploy-failed', `GitHub answers ${answer.status} to the start of the workflow: ${String(jsonOf(answer)['message'] ?? '')}`, { fix: answer.status === 422 ? 'The workflow must have workflow_dispatch with the inputs revision, image, target, release and mode.' : 'Check the address of the workflow, and that the token may write actions.' });
  // By GitHub's own clock: ours may be wrong.
  const told = Date.parse(answer.headers.get('date') ?? '');
  const began = Number.isNaN(told) ? Date.now() : told;
  const runs = place.href.replace(/\/dispatches\/?$/, '/runs?event=workflow_dispatch&per_page=30');
  return {
    async look(until): Promise<Progress> {
      const said = jsonOf(await send({ url: runs, method: 'GET', headers }, 'GitHub', until));
      const listed = Array.isArray(said['workflow_runs']) ? (said['workflow_runs'] as readonly Run[]) : [];
      const since = listed.filter(({ created_at: created = '' }) => Date.parse(created) >= began - 60_000);
      const run = since.find(({ display_title: title = '', name = '' }) => `${title} ${name}`.includes(order.release)) ?? since.filter(({ created_at: created = '' }) => Date.parse(created) >= began - 2000).at(-1);
      if (!run) return { state: 'waiting', why: 'the workflow has not begun' };
      const link = run.html_url === undefined ? {} : { link: run.html_url };
      if (run.status !== 'completed') return { state: 'running', why: run.status ?? 'running', ...link };
      return { state: run.conclusion === 'success' ? 'done' : 'failed', why: run.conclusion ?? 'without a conclusion', ...link };
    },
  };
}
