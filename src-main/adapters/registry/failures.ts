import { BacklotError } from '#contract/errors.ts';
import { readAll, type Response } from './http.ts';

/** What an error was made of, for those who can do better than give up. */
const origins = new WeakMap<BacklotError, { readonly status?: number; readonly passes: boolean }>();

/** Whether a failure may be gone when the call is made again. */
export const mayPass = (error: unknown): boolean => error instanceof BacklotError && origins.get(error)?.passes === true;

/** The registry's answer that a failure comes from. */
export const statusOf = (error: unknown): number | undefined => (error instanceof BacklotError ? origins.get(error)?.status : undefined);

/** Faults that pass: the call is tried again. */
export class Passing extends Error {
  /** Milliseconds that the registry asks to wait. */
  readonly wait: number | undefined;
  readonly final: BacklotError;
  constructor(final: BacklotError, wait?: number) {
    super(final.message);
    this.final = final;
    origins.set(final, { ...origins.get(final), passes: true });
    this.wait = wait;
  }
}

type Place = { readonly host: string; readonly repository: string; readonly action: string };

/** The error of a call that got no answer. */
export function withoutAnswer(place: Place, error: unknown): BacklotError | Passing {
  const { host, repository, action } = place;
  const why = error instanceof Error ? error.message : String(error);
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (isTls(code, why)) {
    return new BacklotError('registry-failed', `The certificate of the registry ${host} is not trusted: ${why}`, {
      cause: error,
      fix: `Put its authority's certificate in /etc/docker/certs.d/${host}/ca.crt, as for Docker.`,
    });
  }
  const details = { cause: error, fix: `See whether ${host} is reachable from here (VPN, proxy, name), and run it again.` };
  const failure = new BacklotError('registry-failed', `The registry ${host} did not answer while ${action} ${repository}: ${why}`, details);
  return new Passing(failure);
}

const isTls = (code: string, why: string) => /CERT|SELF_SIGNED|UNABLE_TO_(?:GET|VERIFY)|ERR_TLS|EPROTO/.test(code) || /certificate|wrong version number/i.test(why);

/** The error of an answer that is none of those expected; its body has been read then. */
export async function fromAnswer(place: Place, response: Response, signedIn: boolean): Promise<BacklotError | Passing> {
  const failure = await failureOf(place, response, signedIn);
  origins.set(failure instanceof Passing ? failure.final : failure, { status: response.status, passes: failure instanceof Passing });
  return failure;
}

async function failureOf(place: Place, response: Response, signedIn: boolean): Promise<BacklotError | Passing> {
  const { host, repository, action } = place;
  const said = await saidBy(response);
  const login = `docker login ${host}`;
  const tail = said === '' ? '' : `: ${said}`;
  const { status } = response;
  if (status === 401) {
    return signedIn
      ? new BacklotError('registry-denied', `The registry ${host} does not take the credentials for ${repository}${tail}`, { fix: `Sign in again with \`${login}\`.` })
      : new BacklotError('registry-denied', `The registry ${host} wants credentials for ${repository}, and none are set up`, { fix: `Sign in with \`${login}\`.` });
  }
  if (status === 403) return new BacklotError('registry-denied', `The registry ${host} does not allow ${action} ${repository}${tail}`, { fix: `Ask for access to ${repository}, or sign in as somebody who has it with \`${login}\`.` });
  if (status === 404) return new BacklotError('registry-failed', `The registry ${host} has no ${repository}${tail}`, { fix: 'Check the name of the repository and the tag.' });
  if (status === 413 || status === 507 || /no space left|quota|insufficient storage/i.test(said)) return new BacklotError('registry-failed', `The registry ${host} has no room for ${repository}${tail}`, { fix: 'Have room made there, then push again: what arrived is kept.' });
  if (status === 405 && action === 'pushing to') return new BacklotError('registry-failed', `The registry ${host} takes no pushes: it is read-only, or a mirror of another`, { fix: 'Have it opened for writing, or name another one.' });
  const failure = new BacklotError('registry-failed', `The registry ${host} answered ${status} while ${action} ${repository}${tail}`, { fix: status === 429 ? 'It asks to slow down: wait a few minutes, then run it again.' : 'Run it again; if it stays so, the registry’s log tells why.' });
  if (status === 429) return new Passing(failure, retryAfter(response.headers['retry-after']));
  return status >= 500 || status === 408 ? new Passing(failure, retryAfter(response.headers['retry-after'])) : failure;
}

/** In the registry's own words, the first 300 characters. */
async function saidBy(response: Response): Promise<string> {
  try {
    const text = (await readAll(response.body, 256 * 1024)).toString();
    const parsed = JSON.parse(text) as { errors?: { code?: string; message?: string; detail?: unknown }[] };
    const words = (parsed.errors ?? []).map(({ code = '', message = '', detail }) => `${message || code}${typeof detail === 'string' ? ` (${detail})` : detailOf(detail)}`);
    return words.join(', ').slice(0, 300);
  } catch {
    return '';
  }
}

function detailOf(detail: unknown): string {
  if (typeof detail !== 'object' || detail === null) return '';
  const text = JSON.stringify(detail);
  return /no space|quota/i.test(text) ? ` (${text.slice(0, 200)})` : '';
}

/** In seconds or as a date. */
function retryAfter(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const seconds = Number(text);
  const milliseconds = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(text) - Date.now();
  return Number.isNaN(milliseconds) ? undefined : Math.max(0, milliseconds);
}
