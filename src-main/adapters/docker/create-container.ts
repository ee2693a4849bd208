import { BacklotError } from '#contract/errors.ts';
import type { NewContainer } from '#ports/container-engine.ts';
import type { NewStage } from '#ports/new-stage.ts';
import { callEngine, callToItsEnd, changing } from './calls.ts';
import type { Connection } from './connection.ts';
import { cancelled } from './deadline.ts';
import type { Modem } from './modem.ts';

/** Makes a container and joins it to its networks. Where that fails half-way, nothing of it stays. */
export async function createContainer(connection: Connection, wanted: NewContainer, signal: AbortSignal): Promise<string> {
  const id = await make(connection, wanted.name, bodyOf(wanted), signal);
  try {
    if (signal.aborted) throw cancelled();
    // Engines before API 1.44 take one network at creation.
    for (const network of furtherNetworks(wanted)) await callEngine(connection, changing(`join ${wanted.name} to ${network.name}`), signal, (modem, until) => join(modem, id, network, until));
    return id;
  } catch (error) {
    await callEngine(connection, changing('remove the container'), AbortSignal.timeout(10_000), (modem, until) =>
      modem.call({ method: 'DELETE', path: `/containers/${id}`, query: { force: true, v: true } }, until),
    ).catch(() => {});
    throw error;
  }
}

/** Makes the container of a stage. */
export async function createStage(connection: Connection, stage: NewStage, signal: AbortSignal): Promise<string> {
  return make(connection, stage.name, stageBody(stage), signal);
}

async function make(connection: Connection, name: string, body: unknown, signal: AbortSignal): Promise<string> {
  const reply = await callToItsEnd(connection, changing(`make the container ${name}`), signal, (modem, until) => modem.call({ method: 'POST', path: '/containers/create', query: { name }, body }, until));
  const id = (reply as { readonly Id?: string } | undefined)?.Id ?? '';
  if (id === '') throw new BacklotError('engine-failed', `The engine made the container ${name} without saying which it is`);
  return id;
}

function stageBody({ image, command, labels, environment, directory, network, resolver, shared = [], hosts = {}, logging }: NewStage): unknown {
  return {
    Image: image,
    Entrypoint: command,
    Labels: labels,
    Env: Object.entries(environment).map(([name, value]) => `${name}=${value}`),
    ...(directory !== undefined && { WorkingDir: directory }),
    HostConfig: {
      NetworkMode: network,
      LogConfig: { Type: logging.driver, Config: logging.options },
      Mounts: shared.map(bindOf),
      ExtraHosts: hostsOf(hosts),
      ...(resolver !== undefined && { Dns: [resolver] }),
    },
    NetworkingConfig: { EndpointsConfig: { [network]: {} } },
  };
}

type JoinedNetwork = Exclude<NewContainer['networks'], 'host'>[number];

function furtherNetworks({ networks }: NewContainer): readonly JoinedNetwork[] {
  return networks === 'host' ? [] : networks.slice(1);
}

async function join(modem: Modem, id: string, network: JoinedNetwork, signal: AbortSignal): Promise<void> {
  await modem.call({ method: 'POST', path: `/networks/${encodeURIComponent(network.name)}/connect`, body: { Container: id, EndpointConfig: endpointOf(network) } }, signal);
}

/** What a server's image does when it starts as root: it takes its data over, and goes on as a user of its own. */
const TAKE_OVER = ['CHOWN', 'DAC_OVERRIDE', 'FOWNER', 'SETGID', 'SETUID'];
/** Bytes of memory that processes of one container may share: database servers sort in it. */
const SHARED_MEMORY = 1024 ** 3;

function bodyOf({ image, command, labels, networks, ports = [], folders = [], foldersOf, hosts = {}, environment = {}, mounts = [], shared = [], hidden = [], user, memory, keepsData = false }: NewContainer): unknown {
  const [first] = networks === 'host' ? [] : networks;
  const keyOf = ({ container, protocol = 'tcp' }: (typeof ports)[number]) => `${container}/${protocol}`;
  return {
    Image: image,
    Entrypoint: [],
    Cmd: command,
    ...(user !== undefined && { User: user }),
    Labels: labels,
    Env: Object.entries(environment).map(([name, value]) => `${name}=${value}`),
    ExposedPorts: Object.fromEntries(ports.map((port) => [keyOf(port), {}])),
    Volumes: Object.fromEntries(folders.map((folder) => [folder, {}])),
    HostConfig: {
      NetworkMode: networks === 'host' ? 'host' : (first?.name ?? 'none'),
      PortBindings: Object.fromEntries(ports.map((port) => [keyOf(port), [{ HostIp: port.address, HostPort: String(port.host) }]])),
      RestartPolicy: { Name: keepsData ? 'no' : 'unless-stopped' },
      ReadonlyRootfs: !keepsData,
      ...(memory !== undefined && { Memory: memory }),
      CapDrop: ['ALL'],
      ...(keepsData && { CapAdd: TAKE_OVER, ShmSize: SHARED_MEMORY }),
      Mounts: [
        ...mounts.map(({ volume, path, readOnly = false }) => ({ Type: 'volume', Source: volume, Target: path, ReadOnly: readOnly })),
        ...shared.map(bindOf),
      ],
      Tmpfs: Object.fromEntries(hidden.map((folder) => [folder, 'size=64k'])),
      SecurityOpt: ['no-new-privileges'],
      LogConfig: { Type: 'json-file', Config: { 'max-size': '1m', 'max-file': '1' } },
      ...(foldersOf !== undefined && { VolumesFrom: [foldersOf] }),
      ExtraHosts: hostsOf(hosts),
    },
    ...(first && { NetworkingConfig: { EndpointsConfig: { [first.name]: endpointOf(first) } } }),
  };
}

function bindOf({ folder, path }: NonNullable<NewStage['shared']>[number]): unknown {
  return { Type: 'bind', Source: folder, Target: path };
}

function hostsOf(hosts: Readonly<Record<string, string>>): string[] {
  return Object.entries(hosts).map(([name, address]) => `${name}:${address}`);
}

function endpointOf({ aliases, address }: JoinedNetwork): unknown {
  return { Aliases: aliases, ...(address !== undefined && { IPAMConfig: { IPv4Address: address } }) };
}
