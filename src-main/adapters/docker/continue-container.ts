import { BacklotError } from '#contract/errors.ts';
import type { Continuation } from '#ports/container-engine.ts';
import { callEngine, callToItsEnd, callUnlessMissing, changing, reading } from './calls.ts';
import type { Connection } from './connection.ts';
import { startContainer } from './containers.ts';

/** Milliseconds that keeping what a container wrote may take: it is as much as it wrote. */
const KEEPING = 60_000;

type ApiContainer = {
  readonly Config?: { readonly Env?: readonly string[] | null; readonly WorkingDir?: string; readonly User?: string };
  readonly HostConfig?: Readonly<Record<string, unknown>>;
  readonly NetworkSettings?: { readonly Networks?: Readonly<Record<string, unknown>> | null };
};

/** Makes a container of what an ended one left, with its variables, folders and network, and starts it. */
export async function continueContainer(connection: Connection, id: string, next: Continuation, signal: AbortSignal): Promise<string> {
  const left = (await callEngine(connection, reading('look at the container'), signal, (modem, until) => modem.call({ method: 'GET', path: `/containers/${id}/json` }, until))) as ApiContainer;
  const keeping = { doing: 'keep the files of the container', deadline: KEEPING };
  const image = await callToItsEnd(connection, keeping, signal, (modem, until) => modem.call({ method: 'POST', path: '/commit', query: { container: id, pause: false }, body: { Labels: next.labels } }, until));
  const body = bodyOf(left, idIn(image), id, next);
  const made = await callToItsEnd(connection, changing(`make the container ${next.name}`), signal, (modem, until) => modem.call({ method: 'POST', path: '/containers/create', query: { name: next.name }, body }, until));
  const container = idIn(made);
  await startContainer(connection, container, signal);
  return container;
}

/** Its volumes are shown as they are; what the engine made for it alone, such as its addresses, is not asked for again. */
function bodyOf({ Config = {}, HostConfig = {}, NetworkSettings }: ApiContainer, image: string, from: string, { command, labels }: Continuation): unknown {
  return {
    Image: image,
    Entrypoint: command,
    Labels: labels,
    Env: Config.Env ?? [],
    WorkingDir: Config.WorkingDir ?? '',
    User: Config.User ?? '',
    Healthcheck: { Test: ['NONE'] },
    HostConfig: { ...HostConfig, ContainerIDFile: '', RestartPolicy: { Name: 'no' }, AutoRemove: false, VolumesFrom: [from] },
    NetworkingConfig: { EndpointsConfig: Object.fromEntries(Object.keys(NetworkSettings?.Networks ?? {}).map((name) => [name, {}])) },
  };
}

function idIn(reply: unknown): string {
  const id = (reply as { readonly Id?: string } | undefined)?.Id ?? '';
  if (id === '') throw new BacklotError('engine-failed', 'The engine made something without saying what');
  return id;
}

/** The ids of images that carry all of these labels. */
export async function listImages(connection: Connection, labels: readonly string[], signal: AbortSignal): Promise<string[]> {
  const reply = await callEngine(connection, reading('list the images'), signal, (modem, until) => modem.call({ method: 'GET', path: '/images/json', query: { filters: { label: labels } } }, until));
  return ((reply ?? []) as readonly { readonly Id?: string }[]).flatMap(({ Id }) => Id ?? []);
}

/** Removes an image with all of its names; does nothing where it is gone. */
export async function removeImage(connection: Connection, id: string, signal: AbortSignal): Promise<void> {
  await callUnlessMissing(connection, changing('remove the image'), signal, (modem, until) => modem.call({ method: 'DELETE', path: `/images/${id}`, query: { force: true } }, until));
}
