import { BacklotError } from '#contract/errors.ts';
import type { ContainerDetails, ContainerSummary } from '#ports/container-engine.ts';
import { callEngine, callToItsEnd, callUnlessMissing, changing, reading } from './calls.ts';
import type { Connection } from './connection.ts';
import { cancelled, pause } from './deadline.ts';
import { describeDetails, describeSummary, stopTimeout } from './describe.ts';
import type { Modem } from './modem.ts';

/** Containers in any state that carry all of these labels. */
export async function listContainers(connection: Connection, labels: readonly string[], signal: AbortSignal): Promise<ContainerSummary[]> {
  const query = { all: 1, filters: { label: labels } };
  const rows = await callEngine(connection, reading('list the containers'), signal, (modem, until) => modem.call({ method: 'GET', path: '/containers/json', query }, until));
  return (rows as readonly unknown[]).map(describeSummary);
}

/** A container's details, or `undefined` where there is none of that id. */
export async function inspectContainer(connection: Connection, id: string, signal: AbortSignal): Promise<ContainerDetails | undefined> {
  const reply = await inspect(connection, id, signal);
  return reply === undefined ? undefined : describeDetails(reply);
}

/** Starts a container, or lets a paused one go on; one that runs stays as it is. */
export async function startContainer(connection: Connection, id: string, signal: AbortSignal): Promise<void> {
  // What was being started when its maker gave up would be started behind the back of its removal.
  await callToItsEnd(connection, changing('start the container'), signal, async (modem, until) => {
    const started = await container(modem, id);
    await started.start({ abortSignal: until }).catch((error: unknown) => {
      if (!(error instanceof Error) || !/cannot start a paused container/i.test(error.message)) throw error;
      return started.unpause({ abortSignal: until });
    });
  });
  if (signal.aborted) throw cancelled();
}

/** Stops a container; one that does not run, or is gone, stays so. */
export async function stopContainer(connection: Connection, id: string, grace: number | undefined, signal: AbortSignal): Promise<void> {
  const details = grace === undefined ? await inspect(connection, id, signal) : undefined;
  if (grace === undefined && details === undefined) return;
  const seconds = grace ?? stopTimeout(details);
  const call = { doing: 'stop the container', deadline: (seconds < 0 ? 600 : seconds + 10) * 1000 };
  await callUnlessMissing(connection, call, signal, async (modem, until) => (await container(modem, id)).stop({ ...(grace !== undefined && { t: Math.round(grace) }), abortSignal: until }));
}

/** Removes a container, running or not; does nothing where it is gone, and waits where it is being made or removed. */
export async function removeContainer(connection: Connection, id: string, withData: boolean, signal: AbortSignal): Promise<void> {
  const remove = async (modem: Modem, until: AbortSignal) => {
    await (await container(modem, id)).remove({ force: true, v: withData, abortSignal: until });
    return true;
  };
  try {
    const until = performance.now() + PATIENCE;
    // An engine lists a container a moment before it can be found, while it is being made.
    for (let wait = 20; !(await callUnlessMissing(connection, changing('remove the container'), signal, remove)) && (await isListed(connection, id, signal)); wait = Math.min(wait * 2, 500)) {
      if (performance.now() > until) throw new BacklotError('engine-failed', 'The engine does not finish making the container, so that it cannot be removed', { fix: 'Restart the engine, then try again.' });
      await pause(wait, signal);
    }
  } catch (error) {
    if (!(error instanceof BacklotError) || !/removal of container .* is already in progress/i.test(error.message)) throw error;
    await untilGone(connection, id, signal);
  }
}

/** Gives a container another name; does nothing where it is gone. */
export async function renameContainer(connection: Connection, id: string, name: string, signal: AbortSignal): Promise<void> {
  await callUnlessMissing(connection, changing('rename the container'), signal, async (modem, until) => (await container(modem, id)).rename({ name, abortSignal: until }));
}

/** Milliseconds that an engine has for what it is doing with a container already. */
const PATIENCE = 30_000;

async function isListed(connection: Connection, id: string, signal: AbortSignal): Promise<boolean> {
  const rows = await callEngine(connection, reading('list the containers'), signal, (modem, until) => modem.call({ method: 'GET', path: '/containers/json', query: { all: 1, filters: { id: [id] } } }, until));
  return (rows as readonly unknown[]).length > 0;
}

async function untilGone(connection: Connection, id: string, signal: AbortSignal): Promise<void> {
  const until = performance.now() + PATIENCE;
  for (let wait = 20; (await inspect(connection, id, signal)) !== undefined; wait = Math.min(wait * 2, 500)) {
    if (performance.now() > until) throw new BacklotError('engine-failed', 'The engine does not finish removing the container', { fix: 'Restart the engine, then try again.' });
    await pause(wait, signal);
  }
}

async function inspect(connection: Connection, id: string, signal: AbortSignal): Promise<unknown> {
  return callUnlessMissing(connection, reading('look at the container'), signal, async (modem, until) => (await container(modem, id)).inspect({ abortSignal: until }));
}

async function container(modem: Modem, id: string) {
  const { Container } = await import('./dockerode-parts.ts');
  return new Container(modem, encodeURIComponent(id));
}
