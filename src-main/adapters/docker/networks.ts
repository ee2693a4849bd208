import { BacklotError } from '#contract/errors.ts';
import { LABELS, type Network, type NetworkSummary, type NewNetwork } from '#ports/container-engine.ts';
import { callEngine, callToItsEnd, callUnlessMissing, changing, reading } from './calls.ts';
import type { Connection } from './connection.ts';
import { pause } from './deadline.ts';
import { describeDetails, describeNetwork, describeNetworkSummary } from './describe.ts';

/** Pauses between attempts while the engine still takes endpoints down. */
const RETRIES = [50, 150, 400, 1000];
/**
 * Attempts that leave it to the engine. An endpoint that is taken off while its container goes away can be counted wrong for ever
 * (seen with 20.10), and the network then be removed by a restart of the engine only.
 */
const PATIENT_ATTEMPTS = 2;

/** Networks that carry all of these labels, with the containers that are attached to each. */
export async function listNetworks(connection: Connection, labels: readonly string[], signal: AbortSignal): Promise<Network[]> {
  // A list leaves out what is attached.
  const rows = await listRows(connection, { filters: { label: labels } }, signal);
  const networks = await Promise.all(rows.map(({ id }) => inspectNetwork(connection, id, signal)));
  return networks.filter((network) => network !== undefined);
}

/** Every network, as the engine's list shows it. */
export async function listSubnets(connection: Connection, signal: AbortSignal): Promise<NetworkSummary[]> {
  return listRows(connection, {}, signal);
}

/** Makes a network as the engine makes them by itself, with addresses of ours where they are chosen. */
export async function createNetwork(connection: Connection, { name, labels, subnet }: NewNetwork, signal: AbortSignal): Promise<string> {
  const body = { Name: name, CheckDuplicate: true, Driver: 'bridge', Labels: labels, ...(subnet !== undefined && { IPAM: { Driver: 'default', Config: [{ Subnet: subnet }] } }) };
  const reply = await callToItsEnd(connection, changing(`make the network ${name}`), signal, (modem, until) => modem.call({ method: 'POST', path: '/networks/create', body }, until));
  return (reply as { readonly Id?: string } | undefined)?.Id ?? name;
}

async function listRows(connection: Connection, query: Record<string, unknown>, signal: AbortSignal): Promise<NetworkSummary[]> {
  const rows = await callEngine(connection, reading('list the networks'), signal, (modem, until) => modem.call({ method: 'GET', path: '/networks', query }, until));
  return (rows as readonly unknown[]).map(describeNetworkSummary);
}

/** Removes a network. Endpoints of our containers, and of containers that are gone, are taken off where they stay; anybody else's stop it. */
export async function removeNetwork(connection: Connection, id: string, signal: AbortSignal): Promise<void> {
  for (const [attempt, wait] of [...RETRIES, undefined].entries()) {
    const network = await inspectNetwork(connection, id, signal);
    if (!network) return;
    const attached = await Promise.all(network.containers.map((container) => refuseForeign(connection, network, container, signal)));
    if (attempt >= PATIENT_ATTEMPTS) await Promise.all(attached.map((container) => release(connection, network, container, signal)));
    try {
      return await remove(connection, id, signal);
    } catch (error) {
      if (!(error instanceof BacklotError) || !/has active endpoints/i.test(error.message)) throw error;
      if (wait === undefined) throw stillCounted(network, error);
      await pause(wait, signal);
    }
  }
}

function stillCounted({ name, containers }: Network, cause: BacklotError): BacklotError {
  if (containers.length > 0) return cause;
  return new BacklotError('network-stuck', `The engine does not remove the network ${name}: it counts containers on it that are gone`, {
    fix: 'Restart the engine, which counts anew; then run backlot clean.',
    cause,
  });
}

async function inspectNetwork(connection: Connection, id: string, signal: AbortSignal): Promise<Network | undefined> {
  const { Network } = await import('./dockerode-parts.ts');
  const reply = await callUnlessMissing(connection, reading('look at the network'), signal, (modem, until) =>
    new Network(modem, encodeURIComponent(id)).inspect({ abortSignal: until }),
  );
  return reply === undefined ? undefined : describeNetwork(reply);
}

/** Answers the container's id where it is ours, or gone. */
async function refuseForeign(connection: Connection, network: Network, container: string, signal: AbortSignal): Promise<string> {
  const { Container } = await import('./dockerode-parts.ts');
  const found = await callUnlessMissing(connection, reading('look at the container'), signal, (modem, until) => new Container(modem, container).inspect({ abortSignal: until }));
  const details = found === undefined ? undefined : describeDetails(found);
  if (details && !(LABELS.project in details.labels)) {
    throw new BacklotError('foreign-objects', `The network ${network.name} is used by the container ${details.name}, which Backlot did not make`, {
      fix: `Take it off with \`docker network disconnect ${network.name} ${details.name}\`, then try again.`,
    });
  }
  return container;
}

async function release(connection: Connection, network: Network, container: string, signal: AbortSignal): Promise<void> {
  const { Network } = await import('./dockerode-parts.ts');
  await callUnlessMissing(connection, changing('take a container off its network'), signal, (modem, until) =>
    new Network(modem, network.id).disconnect({ Container: container, Force: true, abortSignal: until }),
  );
}

async function remove(connection: Connection, id: string, signal: AbortSignal): Promise<void> {
  const { Network } = await import('./dockerode-parts.ts');
  await callUnlessMissing(connection, changing('remove the network'), signal, (modem, until) => new Network(modem, encodeURIComponent(id)).remove({ abortSignal: until }));
}
