import { setTimeout as delay } from 'node:timers/promises';
import { plainAddress } from '#adapters/network/plain-address.ts';
import { BacklotError } from '#contract/errors.ts';

export type Answer = { readonly status: number; readonly headers: Headers; readonly text: string };
type Sent = { readonly url: string; readonly method: 'GET' | 'POST'; readonly headers?: Readonly<Record<string, string>>; readonly body?: string };

const LIMIT = 30_000;
const MOST_TRIES = 4;
const FIRST_WAIT = 500;
const MOST_TEXT = 1024 * 1024;

/** Where the same request twice would do twice what it asks for. */
type Care = { readonly isOnce?: boolean };

/**
 * Sends, and tries again what passes: no answer, 429 and 5xx. With `isOnce`, only what surely was not taken is sent again: no connection, 429 and 503.
 * `what` says in errors who it is.
 */
export async function send(request: Sent, what: string, signal: AbortSignal, { isOnce = false }: Care = {}): Promise<Answer> {
  const { url, headers } = plainAddress(request.url, `The address of ${what}`);
  for (let tries = 1; ; tries++) {
    const outcome = await once({ ...request, url, headers: { ...headers, ...request.headers } }, signal).catch((error: unknown) => {
      if (signal.aborted) throw new BacklotError('cancelled', 'cancelled');
      return error instanceof Error ? error : new Error(String(error));
    });
    if (!(outcome instanceof Error) && outcome.status !== 429 && outcome.status < 500) return outcome;
    const why = outcome instanceof Error ? reasonOf(outcome) : `it answers ${outcome.status}`;
    const cause = outcome instanceof Error ? outcome : undefined;
    if (isOnce && !wasNotTaken(outcome)) throw new BacklotError('deploy-failed', `It is not known whether ${what} took the call: ${why}`, { cause, fix: 'Look there whether it began, before you deploy again.' });
    if (tries >= MOST_TRIES) throw new BacklotError('deploy-failed', `${what} cannot be reached: ${why}`, { cause, fix: 'See whether it is up and reachable from here, then deploy again.' });
    await delay(FIRST_WAIT * 2 ** (tries - 1), undefined, { signal }).catch(() => {});
  }
}

const NO_CONNECTION = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'UND_ERR_CONNECT_TIMEOUT']);

function wasNotTaken(outcome: Answer | Error): boolean {
  if (!(outcome instanceof Error)) return outcome.status === 429 || outcome.status === 503;
  // Of a name with several addresses, the reasons stand side by side.
  const causes = outcome.cause instanceof AggregateError ? (outcome.cause.errors as readonly unknown[]) : [outcome.cause];
  return causes.every((cause) => NO_CONNECTION.has((cause as NodeJS.ErrnoException | undefined)?.code ?? ''));
}

async function once({ url, method, headers, body }: Sent, signal: AbortSignal): Promise<Answer> {
  const response = await fetch(url, { method, headers: { 'user-agent': 'backlot', ...headers }, ...(body !== undefined && { body }), redirect: 'manual', signal: AbortSignal.any([signal, AbortSignal.timeout(LIMIT)]) });
  return { status: response.status, headers: response.headers, text: (await response.text()).slice(0, MOST_TEXT) };
}

/** What fetch hides in its cause. */
const reasonOf = (error: Error) => (error.cause instanceof Error ? error.cause.message || String((error.cause as NodeJS.ErrnoException).code) : error.message);

/** The answer as JSON; an empty object where it is none. */
export function jsonOf({ text }: Answer): Readonly<Record<string, unknown>> {
  try {
    const parsed: unknown = JSON.parse(text);
    return typeof parsed === 'object' && parsed !== null ? (parsed as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
