import { setTimeout as delay } from 'node:timers/promises';
import { plainAddress } from '#adapters/network/plain-address.ts';
import { BacklotError } from '#contract/errors.ts';
import { timeLimit } from '#core/time-limit.ts';

export type Answer = { readonly status: number; readonly headers: Headers; readonly text: string };
type Sent = { readonly url: string; readonly method: 'GET' | 'POST'; readonly headers?: Readonly<Record<string, string>>; readonly body?: string };

const LIMIT = 30_000;
const MOST_TRIES = 4;
const FIRST_WAIT = 500;
const MOST_TEXT = 1024 * 1024;

/** Sends, and tries again what passes: no answer, 429 and 5xx. `what` says in errors who it is. */
export async function send(request: Sent, what: string, signal: AbortSignal): Promise<Answer> {
  for (let tries = 1; ; tries++) {
    const outcome = await attempt(request, what, signal);
    const answer = finalOf(outcome);
    if (answer) return answer;
    await pauseOrGiveUp(outcome, { what, tries, signal });
  }
}

/** What became of a call whose answer was lost: what it began, that it was not taken, or that this cannot be told. */
export type Sight<Found> = { readonly found: Found } | 'absent' | 'unknown';

/** How what became of a call is looked for: after each of these pauses in milliseconds, since what was taken may not be seen at once. */
export type Search<Found> = { readonly look: (signal: AbortSignal) => Promise<Sight<Found>>; readonly pauses: readonly number[] };

/**
 * Sends what would be done twice if it were sent twice. Only what surely was not taken is sent again: no connection, 429 and 503, and what the other
 * side itself failed at (500) and does not have. Where the answer was lost otherwise, what it began is looked for, and never begun anew.
 */
export async function sendOnce<Found>(request: Sent, what: string, search: Search<Found>, signal: AbortSignal): Promise<Answer | { readonly found: Found }> {
  for (let tries = 1; ; tries++) {
    const outcome = await attempt(request, what, signal);
    const answer = finalOf(outcome);
    if (answer) return answer;
    if (!wasNotTaken(outcome)) {
      const sight = await lookFor(search, signal);
      if (typeof sight === 'object') return sight;
      if (sight === 'unknown' || outcome instanceof Error || outcome.status !== 500) throw new BacklotError('deploy-failed', `It is not known whether ${what} took the call: ${whyOf(outcome)}`, { cause: causeOf(outcome), fix: 'Look there whether it began, before you deploy again.' });
    }
    await pauseOrGiveUp(outcome, { what, tries, signal });
  }
}

async function lookFor<Found>({ look, pauses }: Search<Found>, signal: AbortSignal): Promise<Sight<Found>> {
  let sight: Sight<Found> = 'unknown';
  for (const milliseconds of pauses) {
    if (typeof sight === 'object') break;
    await pause(milliseconds, signal);
    sight = await look(signal).catch((error: unknown) => {
      if (signal.aborted) throw error;
      return 'unknown' as const;
    });
  }
  return sight;
}

async function pauseOrGiveUp(outcome: Answer | Error, { what, tries, signal }: { readonly what: string; readonly tries: number; readonly signal: AbortSignal }): Promise<void> {
  if (tries >= MOST_TRIES) throw gaveUpOn(what, outcome);
  await pause(FIRST_WAIT * 2 ** (tries - 1), signal);
}

function gaveUpOn(what: string, outcome: Answer | Error): BacklotError {
  return outcome instanceof Error
    ? new BacklotError('deploy-failed', `${what} cannot be reached: ${reasonOf(outcome)}`, { cause: outcome, fix: 'See whether it is up and reachable from here, then deploy again.' })
    : new BacklotError('deploy-failed', `${what} still answers ${outcome.status}, after ${MOST_TRIES} tries`, { cause: outcome.text.slice(0, 300), fix: 'See there what is wrong with it, then deploy again.' });
}

async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  await delay(milliseconds, undefined, { signal }).catch(() => Promise.reject(new BacklotError('cancelled', 'cancelled')));
}

/** One try: an answer, or why there is none. */
async function attempt(request: Sent, what: string, signal: AbortSignal): Promise<Answer | Error> {
  const { url, headers } = plainAddress(request.url, `The address of ${what}`);
  return once({ ...request, url, headers: { ...headers, ...request.headers } }, signal).catch((error: unknown) => {
    if (signal.aborted) throw new BacklotError('cancelled', 'cancelled');
    return error instanceof Error ? error : new Error(String(error));
  });
}

/** What stays as it is however often it is asked. */
const finalOf = (outcome: Answer | Error): Answer | undefined => (outcome instanceof Error || outcome.status === 429 || outcome.status >= 500 ? undefined : outcome);
const whyOf = (outcome: Answer | Error) => (outcome instanceof Error ? reasonOf(outcome) : `it answers ${outcome.status}`);
const causeOf = (outcome: Answer | Error) => (outcome instanceof Error ? outcome : undefined);

const NO_CONNECTION = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'UND_ERR_CONNECT_TIMEOUT']);

function wasNotTaken(outcome: Answer | Error): boolean {
  if (!(outcome instanceof Error)) return outcome.status === 429 || outcome.status === 503;
  // Of a name with several addresses, the reasons stand side by side.
  const causes = outcome.cause instanceof AggregateError ? (outcome.cause.errors as readonly unknown[]) : [outcome.cause];
  return causes.every((cause) => NO_CONNECTION.has((cause as NodeJS.ErrnoException | undefined)?.code ?? ''));
}

async function once({ url, method, headers, body }: Sent, signal: AbortSignal): Promise<Answer> {
  const response = await fetch(url, { method, headers: { 'user-agent': 'backlot', ...headers }, ...(body !== undefined && { body }), redirect: 'manual', signal: AbortSignal.any([signal, timeLimit(LIMIT)]) });
  return { status: response.status, headers: response.headers, text: await textOf(response) };
}

/** The beginning of what it says; the rest, which may have no end, is not read. */
async function textOf({ body }: Response): Promise<string> {
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of (body ?? []) as AsyncIterable<Uint8Array>) {
    parts.push(part);
    length += part.length;
    if (length >= MOST_TEXT) break;
  }
  return Buffer.concat(parts).toString('utf8').slice(0, MOST_TEXT);
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
