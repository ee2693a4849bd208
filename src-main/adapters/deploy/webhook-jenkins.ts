import { z } from 'zod';
import { plainAddress } from '#adapters/network/plain-address.ts';
import { BacklotError } from '#contract/errors.ts';
import { environmentOf } from './script-deployer.ts';
import { jsonOf, send, sendOnce, type Sight } from './send.ts';
import type { Accepted, Hook, Progress } from './webhook-deployer.ts';

/** Its queue shows an item as soon as it is taken; a moment later it is a build. */
const PAUSES = [700, 700, 700];

/** Starts a job with parameters, follows it from the queue to its build, and from there to its result. The secret is `user:api-token`, or a job's own token. */
export async function callJenkins({ url, secret, order, signal }: Hook): Promise<Accepted> {
  const { url: address, headers: own } = plainAddress(url, 'The address of Jenkins');
  const job = new URL(address);
  if (!/\/build(?:WithParameters)?\/?$/.test(job.pathname)) job.pathname = `${job.pathname.replace(/\/$/, '')}/buildWithParameters`;
  const isUser = secret?.includes(':') === true;
  const headers = isUser ? { authorization: `Basic ${Buffer.from(secret).toString('base64')}` } : own;
  if (secret !== undefined && !isUser) job.searchParams.set('token', secret);
  const body = new URLSearchParams(environmentOf(order)).toString();
  const answer = await sendOnce({ url: job.href, method: 'POST', headers: { ...headers, 'content-type': 'application/x-www-form-urlencoded' }, body }, 'Jenkins', { look: (until) => findRelease(job, headers, order.release, until), pauses: PAUSES }, signal);
  if ('found' in answer) return follow(answer.found, job, headers);
  const queued = answer.headers.get('location');
  if (answer.status !== 201 || queued === null) throw new BacklotError('deploy-failed', `Jenkins answers ${answer.status} to the start of the job`, { fix: answer.status === 401 || answer.status === 403 ? 'Give a user with an API token that may build the job: user:token.' : 'Give the address of a job with parameters, such as https://jenkins.example/job/deploy.' });
  // Jenkins tells the address that it knows itself by, and whoever answers in its place any: only the way below the job's own server counts, for it gets the secret.
  return follow({ place: new URL(new URL(queued, job).pathname, job).href, isBuild: false }, job, headers);
}

/** Something that was begun: in the queue, or a build already. */
type Begun = { readonly place: string; readonly isBuild: boolean };

function follow(begun: Begun, job: URL, headers: Readonly<Record<string, string>>): Accepted {
  let { place, isBuild } = begun;
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

const PARAMETERS = 'actions[parameters[name,value]]';
const Actions = z.array(z.object({ parameters: z.array(z.object({ name: z.string(), value: z.unknown() })).optional() }).nullable()).optional();
const Queue = z.object({ items: z.array(z.object({ id: z.number(), actions: Actions })) });
const Builds = z.object({ builds: z.array(z.object({ url: z.string(), actions: Actions })) });

/** What was begun for a release: by its parameter RELEASE, in the queue and among the job's latest builds. The queue comes first: what leaves it meanwhile is a build by then. */
async function findRelease(job: URL, headers: Readonly<Record<string, string>>, release: string, signal: AbortSignal): Promise<Sight<Begun>> {
  const [root, path] = [job.pathname.replace(/\/job\/.*$/, ''), job.pathname.replace(/\/build(?:WithParameters)?\/?$/, '')];
  const ask = async (place: string, tree: string) => jsonOf(await send({ url: new URL(`${place}/api/json?tree=${encodeURIComponent(tree)}`, job).href, method: 'GET', headers }, 'Jenkins', signal));
  const isOurs = ({ actions = [] }: { actions?: z.infer<typeof Actions> }) => actions.some((action) => action?.parameters?.some(({ name, value }) => name === 'RELEASE' && value === release));
  const queue = Queue.safeParse(await ask(`${root}/queue`, `items[id,${PARAMETERS}]`));
  const queued = queue.data?.items.find(isOurs);
  if (queued) return { found: { place: new URL(`${root}/queue/item/${queued.id}/`, job).href, isBuild: false } };
  const builds = Builds.safeParse(await ask(path, `builds[url,${PARAMETERS}]{0,50}`));
  const built = builds.data?.builds.find(isOurs);
  if (built) return { found: { place: new URL(new URL(built.url, job).pathname, job).href, isBuild: true } };
  return queue.success && builds.success ? 'absent' : 'unknown';
}

function progressOf(said: Readonly<Record<string, unknown>>): Progress {
  const { building, result, url } = said as { building?: boolean; result?: string | null; url?: string };
  const link = url === undefined ? {} : { link: url };
  if (building !== false || result === null || result === undefined) return { state: 'running', why: 'building', ...link };
  return result === 'SUCCESS' ? { state: 'done', why: result, ...link } : { state: 'failed', why: result, ...link };
}
