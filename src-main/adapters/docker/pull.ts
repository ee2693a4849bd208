import { BacklotError } from '#contract/errors.ts';
import type { PullProgress } from '#ports/container-engine.ts';
import { fail, streamFromEngine } from './calls.ts';
import type { Connection } from './connection.ts';
import { DEADLINE } from './deadline.ts';
import { parseImageName } from './image-name.ts';
import { JsonLines } from './json-lines.ts';
import { EngineRefusal } from './modem.ts';
import { PullTotals, type PullMessage } from './pull-progress.ts';
import { findCredentials, type Credentials } from './registry-credentials.ts';

type Surroundings = { readonly environment: Readonly<Record<string, string | undefined>>; readonly home: string };

/** Pulls an image with the credentials that the docker CLI would use. */
export async function pullImage(
  { connection, surroundings }: { readonly connection: Connection; readonly surroundings: Surroundings },
  name: string,
  onProgress: (progress: PullProgress) => void,
  signal: AbortSignal,
): Promise<void> {
  const { registry, repository, reference } = parseImageName(name);
  const doing = `pull ${name}`;
  const credentials = await findCredentials(registry, surroundings, signal);
  const headers = credentials.header === undefined ? {} : { headers: { 'X-Registry-Auth': credentials.header.reveal() } };
  const stream = { doing, deadline: DEADLINE.pullIdle, idle: DEADLINE.pullIdle };
  const call = { method: 'POST', path: '/images/create', query: { fromImage: repository, tag: reference }, ...headers };
  const messages = new JsonLines();
  const totals = new PullTotals();
  try {
    for await (const piece of streamFromEngine(connection, stream, signal, call)) take(messages.push(piece), totals, onProgress);
    take(messages.end(), totals, onProgress);
  } catch (error) {
    throw explain(fail(connection, error, doing), credentials);
  }
}

function take(messages: Iterable<unknown>, totals: PullTotals, onProgress: (progress: PullProgress) => void): void {
  let news = false;
  for (const message of messages as Iterable<PullMessage>) {
    const problem = message.errorDetail?.message ?? message.error;
    if (problem !== undefined) throw new EngineRefusal(0, problem);
    totals.add(message);
    news = true;
  }
  if (news) onProgress(totals.progress());
}

/** A pull that the engine or the registry ended is about the image; what is known of the credentials belongs to a denial. */
function explain(error: Error, credentials: Credentials): Error {
  if (!(error instanceof BacklotError)) return error;
  if (error.code === 'engine-failed') {
    return new BacklotError('image-failed', error.message, { fix: 'Check that this machine reaches the registry, then try again.', cause: error.cause });
  }
  if (error.code !== 'image-denied' || credentials.problem === undefined) return error;
  return new BacklotError('image-denied', error.message, { fix: `It was asked for without a login, because ${credentials.problem}. ${error.fix ?? ''}`.trim(), cause: error.cause });
}
