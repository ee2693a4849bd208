import { createHmac } from 'node:crypto';
import { BacklotError } from '#contract/errors.ts';
import { jsonOf, send } from './send.ts';
import type { Accepted, Hook, Progress } from './webhook-deployer.ts';

const DONE = /^(?:done|ok|pass(?:ed)?|success(?:ful)?|succeeded|deployed|completed?)$/i;
const FAILED = /^(?:fail(?:ed|ure)?|error|aborted|cancell?ed|rejected)$/i;

/**
 * Posts what is to be deployed as JSON, signed with the secret: `X-Backlot-Signature: sha256=…` is the HMAC of the body.
 * `X-Backlot-Delivery` is the same in every try, so that a receiver can know a second one.
 */
export async function callGeneric({ url, secret, status, order, signal }: Hook): Promise<Accepted> {
  const { release, project, target, revision, image, previous, who, mode } = order;
  const body = JSON.stringify({ schema: 1, release, project, target, revision, image, previous: previous?.revision ?? null, previousImage: previous?.image ?? null, performer: who, mode, time: new Date().toISOString() });
  const signature = secret === undefined ? {} : { 'x-backlot-signature': `sha256=${createHmac('sha256', secret).update(body).digest('hex')}` };
  const answer = await send({ url, method: 'POST', headers: { 'content-type': 'application/json', 'x-backlot-delivery': release, ...signature }, body }, 'The webhook', signal);
  if (answer.status >= 300) throw new BacklotError('deploy-failed', `The webhook answers ${answer.status}`, { cause: answer.text.slice(0, 300), fix: answer.status === 401 || answer.status === 403 ? 'Check its secret.' : 'Check its address.' });
  const said = jsonOf(answer)['status_url'] ?? answer.headers.get('location') ?? undefined;
  if (status === undefined && typeof said === 'string' && !URL.canParse(said, url)) throw new BacklotError('deploy-failed', `The webhook took the order, and what it says is the address of its status is none: ${said.slice(0, 200)}`, { fix: 'Look there how the deploy goes; have status_url mended, or set status: of the webhook.' });
  const place = status ?? (typeof said === 'string' ? new URL(said, url).href : undefined);
  if (place === undefined) return {};
  const asked = place.replaceAll('{release}', encodeURIComponent(release)).replaceAll('{revision}', encodeURIComponent(revision));
  return { look: (until) => lookAt(asked, until) };
}

async function lookAt(url: string, signal: AbortSignal): Promise<Progress> {
  const answer = await send({ url, method: 'GET', headers: { accept: 'application/json' } }, 'The status of the deploy', signal);
  const { state, status, message, link } = jsonOf(answer);
  const word = String(state ?? status ?? '');
  const more = { ...(typeof message === 'string' && { why: message }), ...(typeof link === 'string' && { link }) };
  if (answer.status >= 400 && answer.status !== 404) return { state: 'failed', why: `its status answers ${answer.status}` };
  if (DONE.test(word)) return { state: 'done', ...more };
  if (FAILED.test(word)) return { state: 'failed', why: word, ...more };
  return { state: word === '' ? 'waiting' : 'running', ...(word !== '' && { why: word }), ...more };
}
