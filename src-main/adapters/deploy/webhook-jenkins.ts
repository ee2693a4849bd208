import { plainAddress } from '#adapters/network/plain-address.ts';
import { BacklotError } from '#contract/errors.ts';
import { environmentOf } from './script-deployer.ts';
import { jsonOf, send } from './send.ts';
import type { Accepted, Hook, Progress } from './webhook-deployer.ts';

/** Starts a job with parameters, follows it from the queue to its build, and from there to its result. The secret is `user:api-token`, or a job's own token. */
export async function callJenkins({ url, secret, order, signal }: Hook): Promise<Accepted> {
  const { url: address, headers: own } = plainAddress(url, 'The address of Jenkins');
  const job = new URL(address);
  if (!/\/build(?:WithParameters)?\/?$/.test(job.pathname)) job.pathname = `${job.pathname.replace(/\/$/, '')}/buildWithParameters`;
  const isUser = secret?.includes(':') === true;
  const headers = isUser ? { authorization: `Basic ${Buffer.from(secret).toString('base64')}` } : own;
  if (secret !== undefined && !isUser) job.searchParams.set('token', secret);
  const body = new URLSearchParams(environmentOf(order)).toString();
  const answer = await send({ url: job.href, method: 'POST', headers: { ...headers, 'content-type': 'application/x-www-form-urlencoded' }, body }, 'Jenkins', signal, { isOnce: true });
  const queued = answer.headers.get('location');
  if (answer.status !== 201 || queued === null) throw new BacklotError('deploy-failed', `Jenkins answers ${answer.status} to the start of the job`, { fix: answer.status === 401 || answer.status === 403 ? 'Give a user with an API token that may build the job: user:token.' : 'Give the address of a job with parameters, such as https://jenkins.example/job/deploy.' });
  // Jenkins tells the address that it knows itself by, and whoever answers in its place any: only the way below the job's own server counts, for it gets the secret.
  let place = new URL(new URL(queued, job).pathname, job).href;
  let isBuild = false;
  return {
    async look(until) {
      const said = jsonOf(await send({ url: `${place.replace(/\/?$/, '/')}api/json`, method: 'GET', headers }, 'Jenkins', until));
      if (isBuild) return progressOf(said);
      const { executable, cancelled, why } = said as { executable?: { url?: string } | null; cancelled?: boolean; why?: string | null };
      if (cancelled) return { state: 'failed', why: 'it was cancelled in the queue' };
      if (executable?.url === undefined) return { state: 'waiting', why: why ?? 'in the queue' };
      place = new URL(new URL(executable.url).pathname, job).href;
      isBuild = true;
      return { state: 'running', why: 'the build began', link: place };
    },
  };
}

function progressOf(said: Readonly<Record<string, unknown>>): Progress {
  const { building, result, url } = said as { building?: boolean; result?: string | null; url?: string };
  const link = url === undefined ? {} : { link: url };
  if (building !== false || result === null || result === undefined) return { state: 'running', why: 'building', ...link };
  return result === 'SUCCESS' ? { state: 'done', why: result, ...link } : { state: 'failed', why: result, ...link };
}
