import { BacklotError } from '#contract/errors.ts';
import { parsedJson } from '#core/parsed-json.ts';
import type { News } from '#ports/notifier.ts';
import { jsonOf, send } from '#adapters/deploy/send.ts';

const HEADERS = { accept: 'application/vnd.github+json', 'x-github-api-version': '2022-11-28', 'content-type': 'application/json' };
/** GitHub refuses longer descriptions. */
const LONGEST = 140;

type Github = { readonly repository: string; readonly token: string; readonly url?: string | undefined; readonly statuses?: boolean | undefined; readonly deployments?: boolean | undefined };
type State = 'in_progress' | 'success' | 'failure' | 'error';

const STATES: Readonly<Record<News['event'], State | undefined>> = { promote: undefined, deploy: 'in_progress', pass: 'success', rollback: 'success', fail: 'failure' };

/** Writes a commit status, and a deployment with its status, for what is begun and for what has ended. */
export async function tellGithub(github: Github, news: News, signal: AbortSignal): Promise<void> {
  // What could not be judged is no failure of the program.
  const state = news.verdict === 'inconclusive' && news.event === 'fail' ? 'error' : STATES[news.event];
  const description = `${state === 'error' ? 'inconclusive' : news.event} by ${news.who}${news.reason === undefined ? '' : `: ${news.reason}`}`.slice(0, LONGEST);
  const link = news.link !== undefined && /^https?:/.test(news.link) ? news.link : undefined;
  if (github.statuses === true) {
    const commit = state === 'in_progress' ? 'pending' : (state ?? 'success');
    await writeStatus(github, { commit: news.revision, state: commit, context: `backlot/${news.target}`, description, link }, signal);
  }
  if (github.deployments === true && state !== undefined) {
    const id = await deploymentOf(github, news, description, signal);
    await post(github, `deployments/${id}/statuses`, { state, description, environment: news.target, auto_inactive: true, ...(link !== undefined && { log_url: link }) }, signal);
  }
}

type Status = { readonly commit: string; readonly state: 'pending' | 'success' | 'failure' | 'error'; readonly context: string; readonly description: string; readonly link: string | undefined };

/** Writes one status of a commit. */
export async function writeStatus(github: Github, { commit, state, context, description, link }: Status, signal: AbortSignal): Promise<void> {
  await post(github, `statuses/${commit}`, { state, context, description: description.slice(0, LONGEST), ...(link !== undefined && { target_url: link }) }, signal);
}

/** The deployment of this digest that is there, or a new one. */
async function deploymentOf(github: Github, { revision, target, digest, image }: News, description: string, signal: AbortSignal): Promise<number> {
  const query = new URLSearchParams({ sha: revision, environment: target, task: 'deploy', per_page: '1' });
  const answer = await send({ url: `${placeOf(github)}/deployments?${query}`, method: 'GET', headers: headersOf(github) }, 'GitHub', signal);
  const listed = answer.status === 200 ? parsedJson(Buffer.from(answer.text)) : [];
  const known = Array.isArray(listed) ? (listed[0] as { id?: unknown } | undefined)?.id : undefined;
  if (typeof known === 'number') return known;
  // Backlot's own gate has judged: GitHub is not to merge or to wait for other statuses.
  const made = await post(github, 'deployments', { ref: revision, task: 'deploy', environment: target, description, auto_merge: false, required_contexts: [], payload: { digest, image } }, signal);
  if (typeof made['id'] === 'number') return made['id'];
  throw new BacklotError('deploy-failed', 'GitHub made a deployment and does not say which', { fix: 'Look at the deployments there.' });
}

async function post(github: Github, path: string, body: object, signal: AbortSignal): Promise<Readonly<Record<string, unknown>>> {
  const answer = await send({ url: `${placeOf(github)}/${path}`, method: 'POST', headers: headersOf(github), body: JSON.stringify(body) }, 'GitHub', signal);
  if (answer.status < 300) return jsonOf(answer);
  throw new BacklotError('deploy-failed', `GitHub answers ${answer.status} to ${path}: ${String(jsonOf(answer)['message'] ?? '')}`, { fix: 'Check that the token may write statuses and deployments of the repository.' });
}

const placeOf = ({ url = 'https://api.github.com', repository }: Github) => `${url.replace(/\/$/, '')}/repos/${repository}`;
const headersOf = ({ token }: Github) => ({ ...HEADERS, authorization: `Bearer ${token}` });
