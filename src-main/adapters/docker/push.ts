import { BacklotError } from '#contract/errors.ts';
import type { PushProgress } from '#ports/container-engine.ts';
import { callEngine, changing, fail, streamFromEngine } from './calls.ts';
import type { Connection } from './connection.ts';
import { DEADLINE } from './deadline.ts';
import { isImageId, parseImageName } from './image-name.ts';
import { JsonLines } from './json-lines.ts';
import { EngineRefusal } from './modem.ts';
import { findCredentials, toHeader, type Credentials } from './registry-credentials.ts';

type PushMessage = {
  readonly id?: string;
  readonly status?: string;
  readonly progressDetail?: { readonly current?: number; readonly total?: number };
  readonly aux?: { readonly Digest?: string };
  readonly error?: string;
  readonly errorDetail?: { readonly message?: string };
};

type Surroundings = { readonly environment: Readonly<Record<string, string | undefined>>; readonly home: string };

/** Gives an image a further name. */
export async function tagImage(connection: Connection, image: string, name: string, signal: AbortSignal): Promise<void> {
  if (!isImageId(image)) parseImageName(image);
  const { repository, reference } = parseImageName(name);
  await callEngine(connection, changing(`name ${image} ${name}`), signal, (modem, until) => modem.call({ method: 'POST', path: `/images/${encodeURIComponent(image)}/tag`, query: { repo: repository, tag: reference } }, until));
}

/** Pushes an image with the credentials that the docker CLI would use. */
export async function pushImage(
  { connection, surroundings }: { readonly connection: Connection; readonly surroundings: Surroundings },
  name: string,
  onProgress: (progress: PushProgress) => void,
  signal: AbortSignal,
): Promise<string> {
  const { registry, repository, reference } = parseImageName(name);
  const doing = `push ${name}`;
  const credentials = await findCredentials(registry, surroundings, signal);
  // The engine wants the header even where there is nothing in it.
  const headers = { 'X-Registry-Auth': credentials.header?.reveal() ?? toHeader({}) };
  const call = { method: 'POST', path: `/images/${repository}/push`, query: { tag: reference }, headers };
  const messages = new JsonLines();
  const pushed = new Pushed(onProgress);
  try {
    for await (const piece of streamFromEngine(connection, { doing, deadline: DEADLINE.pullIdle, idle: DEADLINE.pullIdle }, signal, call)) pushed.take(messages.push(piece));
    pushed.take(messages.end());
  } catch (error) {
    throw explainPush(fail(connection, error, doing), { name, registry, repository, credentials });
  }
  if (pushed.digest !== undefined) return pushed.digest;
  throw new BacklotError('registry-failed', `The engine pushed ${name} and does not say what the registry stored`, { fix: 'Look at the engine’s log, then push again: what arrived is kept.' });
}

/** Reads what the engine tells of a push. */
class Pushed {
  digest: string | undefined;
  private readonly layers = new Map<string, PushProgress>();
  private readonly onProgress: (progress: PushProgress) => void;

  constructor(onProgress: (progress: PushProgress) => void) {
    this.onProgress = onProgress;
  }

  take(messages: Iterable<unknown>): void {
    for (const { id, status = '', progressDetail, aux, error, errorDetail } of messages as Iterable<PushMessage>) {
      const problem = errorDetail?.message ?? error;
      if (problem !== undefined) throw new EngineRefusal(0, problem);
      this.digest = aux?.Digest ?? this.digest;
      if (id !== undefined) this.add(id, status, progressDetail ?? {});
    }
  }

  private add(id: string, status: string, { current = 0, total = 0 }: NonNullable<PushMessage['progressDetail']>): void {
    const before = this.layers.get(id);
    if (status === 'Pushing') this.layers.set(id, { done: Math.min(current, total || current), total: Math.max(total, current) });
    else if (before && status === 'Pushed') this.layers.set(id, { done: before.total, total: before.total });
    else return;
    const all = [...this.layers.values()];
    this.onProgress({ done: all.reduce((sum, { done }) => sum + done, 0), total: all.reduce((sum, { total: one }) => sum + one, 0) });
  }
}

type Place = { readonly name: string; readonly registry: string; readonly repository: string; readonly credentials: Credentials };

/** What the engine or the registry ended a push with, in words to act on. */
export function explainPush(error: Error, { name, registry, repository, credentials }: Place): Error {
  if (!(error instanceof BacklotError) || !['engine-failed', 'image-denied', 'image-failed', 'image-missing'].includes(error.code)) return error;
  const said = error.message;
  const login = `\`docker login ${registry}\``;
  const failure = (code: 'registry-failed' | 'registry-denied', message: string, fix: string) => new BacklotError(code, message, { fix, cause: error.cause ?? error });
  if (/no basic auth credentials|authentication required|unauthorized|denied|forbidden|\b40[13]\b/i.test(said)) {
    const why = credentials.problem === undefined ? '' : `It was pushed without a login, because ${credentials.problem}. `;
    return failure('registry-denied', credentials.header ? `The registry ${registry} does not allow a push to ${repository} with the credentials that Docker has for it` : `The registry ${registry} wants credentials for a push to ${repository}`, `${why}Sign in as somebody who may push there: ${login}.`);
  }
  if (/no space left|insufficient storage|quota/i.test(said)) return failure('registry-failed', `The registry ${registry} has no room for ${repository}`, 'Have room made there, then push again: what arrived is kept.');
  if (/certificate|x509|server gave HTTP response to HTTPS/i.test(said)) return failure('registry-failed', `The engine does not trust the registry ${registry}: ${said}`, `Put its authority's certificate in /etc/docker/certs.d/${registry}/ca.crt, or name it among the engine's insecure-registries.`);
  if (/name unknown|repository .*not (?:known|found)|\b404\b/i.test(said)) return failure('registry-failed', `The registry ${registry} has no ${repository}, and does not make it by a push`, 'Have the repository made there, or check the name: build.image and registry in backlot.yaml.');
  if (/\b405\b|method not allowed/i.test(said)) return failure('registry-failed', `The registry ${registry} takes no pushes: it is read-only, or a mirror of another`, 'Have it opened for writing, or name another one: registry in backlot.yaml.');
  return failure('registry-failed', `The push of ${name} failed: ${said}`, `See whether ${registry} is reachable from the engine, then push again: what arrived is kept.`);
}
