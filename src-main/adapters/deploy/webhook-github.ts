import { BacklotError } from '#contract/errors.ts';
import { jsonOf, send, sendOnce, type Answer, type Sight } from './send.ts';
import type { Accepted, Hook, Progress } from './webhook-deployer.ts';

const VERSION = '2022-11-28';
/** Its clocks have whole seconds. */
const MARGIN = 2000;
/** A run that was begun is listed some seconds later. */
const PAUSES = [700, 1000, 1500, 3000];

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
  const runs = place.href.replace(/\/dispatches\/?$/, '/runs?event=workflow_dispatch&per_page=30');
  const list = async (until: AbortSignal) => runsIn(await send({ url: runs, method: 'GET', headers }, 'GitHub', until));
  const called = performance.now();
  const answer = await sendOnce({ url: place.href, method: 'POST', headers: { ...headers, 'content-type': 'application/json' }, body: JSON.stringify({ ref, inputs }) }, 'GitHub', { look: async (until) => sightOf(await list(until), order.release, performance.now() - called), pauses: PAUSES }, signal);
  if ('found' in answer) return { look: async (until) => progressOf((await list(until)).runs.find(isOf(order.release)) ?? answer.found) };
  if (answer.status >= 300) throw new BacklotError('deploy-failed', `GitHub answers ${answer.status} to the start of the workflow: ${String(jsonOf(answer)['message'] ?? '')}`, { fix: answer.status === 422 ? 'The workflow must have workflow_dispatch with the inputs revision, image, target, release and mode.' : 'Check the address of the workflow, and that the token may write actions.' });
  // By GitHub's own clock: ours may be wrong.
  const told = Date.parse(answer.headers.get('date') ?? '');
  const began = Number.isNaN(told) ? Date.now() : told;
  return {
    async look(until): Promise<Progress> {
      const since = (await list(until)).runs.filter(begunAfter(began - 60_000));
      return progressOf(since.find(isOf(order.release)) ?? since.filter(begunAfter(began - MARGIN)).at(-1));
    },
  };
}

const isOf = (release: string) => ({ display_title: title = '', name = '' }: Run) => `${title} ${name}`.includes(release);
const begunAfter = (time: number) => ({ created_at: created = '' }: Run) => Date.parse(created) >= time;

type Listed = { readonly runs: readonly Run[]; readonly isWhole: boolean; /** GitHub's own clock. */ readonly now: number };

function runsIn(answer: Answer): Listed {
  const { workflow_runs: runs } = jsonOf(answer);
  return { runs: Array.isArray(runs) ? (runs as readonly Run[]) : [], isWhole: answer.status === 200 && Array.isArray(runs), now: Date.parse(answer.headers.get('date') ?? '') };
}

/** Whether a call that was made so long ago began a run: one that names the release. Where some run began since that names nothing, it cannot be told. */
function sightOf({ runs, isWhole, now }: Listed, release: string, ago: number): Sight<Run> {
  const found = runs.find(isOf(release));
  if (found) return { found };
  return isWhole && !Number.isNaN(now) && !runs.some(begunAfter(now - ago - MARGIN)) ? 'absent' : 'unknown';
}

function progressOf(run: Run | undefined): Progress {
  if (!run) return { state: 'waiting', why: 'the workflow has not begun' };
  const link = run.html_url === undefined ? {} : { link: run.html_url };
  if (run.status !== 'completed') return { state: 'running', why: run.status ?? 'running', ...link };
  return { state: run.conclusion === 'success' ? 'done' : 'failed', why: run.conclusion ?? 'without a conclusion', ...link };
}
