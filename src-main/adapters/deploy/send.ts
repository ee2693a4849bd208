import { setTimeout as delay } from 'node:timers/promises';
import { BacklotError } from '#contract/errors.ts';

export type Answer = { readonly status: number; readonly headers: Headers; readonly text: string };
type Sent = { readonly url: string; readonly method: 'GET' | 'POST'; readonly headers?: Readonly<Record<string, string>>; readonly body?: string };

const LIMIT = 30_000;
const MOST_TRIES = 4;
const FIRST_WAIT = 500;
const MOST_TEXT = 1024 * 1024;

/** Sends, and tries again what passes: no answer, 429 and 5xx. What was accepted is never sent again. `what` says in errors who it is. */
export async function send(request: Sent, what: string, signal: AbortSignal): Promise<Answer> {
  for (let tries = 1; ; tries++) {
    const outcome = await once(request, signal).catch((error: unknown) => {
      if (signal.aborted) throw new BacklotError('cancelled', 'cancelled');
      return error instanceof Error ? error : new Error(String(error));
    });
    const passes = outcome instanceof Error || outcome.status === 429 || outcome.status >= 500;
    if (!passes) return outcome;
    if (tries < MOST_TRIES) {
      await delay(FIRST_WAIT * 2 ** (tries - 1), undefined, { signal }).catch(() => {});
      continue;
    }
    const why = outcome instanceof Error ? reasonOf(outcome) : `it answers ${outcome.status}`;
    throw new BacklotError('deploy-failed', `${what} cannot be reached: ${why}`, { cause: outcome instanceof Error ? outcome : undefined, fix: 'See whether it is up and reachable from here, then deploy again.' });
  }
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
