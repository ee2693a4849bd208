import type { ContainerDetails, ContainerState, ContainerSummary, Health, Network, NetworkSummary } from '#ports/container-engine.ts';

// The engine's own shapes: only what is read, and all of it optional, because engines leave out what they please.
type ApiPort = { readonly PrivatePort?: number; readonly PublicPort?: number; readonly IP?: string; readonly Type?: string };
type ApiNetworks = Readonly<Record<string, { readonly IPAddress?: string; readonly GlobalIPv6Address?: string; readonly Aliases?: readonly string[] | null } | null>>;
type ApiSummary = {
  readonly Id?: string;
  readonly Names?: readonly string[];
  readonly Image?: string;
  readonly ImageID?: string;
  readonly State?: string;
  readonly Status?: string;
  readonly Labels?: Readonly<Record<string, string>> | null;
  readonly Ports?: readonly ApiPort[] | null;
  readonly NetworkSettings?: { readonly Networks?: ApiNetworks | null } | null;
  readonly Health?: { readonly Status?: string };
  readonly Created?: number;
  readonly HostConfig?: { readonly NetworkMode?: string } | null;
};
type ApiDetails = {
  readonly Id?: string;
  readonly Name?: string;
  readonly Image?: string;
  readonly RestartCount?: number;
  readonly Mounts?: readonly { readonly Type?: string; readonly Name?: string; readonly Source?: string; readonly Destination?: string }[] | null;
  readonly HostConfig?: { readonly RestartPolicy?: { readonly Name?: string } | null } | null;
  readonly State?: {
    readonly Status?: string;
    readonly StartedAt?: string;
    readonly FinishedAt?: string;
    readonly ExitCode?: number;
    readonly OOMKilled?: boolean;
    readonly Error?: string;
    readonly Pid?: number;
    readonly Health?: { readonly Status?: string; readonly Log?: readonly { readonly End?: string; readonly ExitCode?: number; readonly Output?: string }[] | null } | null;
  };
  readonly Config?: {
    readonly Image?: string;
    readonly Tty?: boolean;
    readonly Env?: readonly string[] | null;
    readonly Labels?: Readonly<Record<string, string>> | null;
    readonly StopTimeout?: number | null;
    readonly Healthcheck?: { readonly Test?: readonly string[] | null } | null;
  };
  readonly NetworkSettings?: {
    readonly Networks?: ApiNetworks | null;
    readonly Ports?: Readonly<Record<string, readonly { readonly HostIp?: string; readonly HostPort?: string }[] | null>> | null;
  };
};

const STATES: readonly ContainerState[] = ['created', 'running', 'paused', 'restarting', 'removing', 'exited', 'dead'];

const RESTART_POLICIES = ['no', 'always', 'on-failure', 'unless-stopped'] as const;

/** A row of the engine's list. */
export function describeSummary(reply: unknown): ContainerSummary {
  const row = reply as ApiSummary;
  const status = row.Status ?? '';
  return {
    id: row.Id ?? '',
    name: (row.Names?.find((name) => name.lastIndexOf('/') <= 0) ?? row.Names?.[0] ?? '').replace(/^\//, ''),
    image: row.Image ?? '',
    imageId: row.ImageID ?? '',
    state: containerState(row.State),
    health: row.Health?.Status === undefined ? healthOfStatus(status) : health(row.Health.Status),
    status,
    labels: row.Labels ?? {},
    ...(row.Created !== undefined && { created: row.Created * 1000 }),
    ports: (row.Ports ?? []).flatMap((port) => (port.PrivatePort === undefined ? [] : [describePort(port.PrivatePort, port.Type, port.PublicPort, port.IP)])),
    networks: describeNetworks(row.NetworkSettings?.Networks),
    ...networkOf(row.HostConfig?.NetworkMode),
  };
}

/** What inspecting a container tells. */
export function describeDetails(reply: unknown): ContainerDetails {
  const details = reply as ApiDetails;
  const state = details.State ?? {};
  return {
    id: details.Id ?? '',
    name: (details.Name ?? '').replace(/^\//, ''),
    image: details.Config?.Image ?? '',
    imageId: details.Image ?? '',
    state: containerState(state.Status),
    health: health(state.Health?.Status),
    status: state.Status === 'exited' ? `Exited (${state.ExitCode ?? 0})` : (state.Status ?? ''),
    labels: details.Config?.Labels ?? {},
    ports: Object.entries(details.NetworkSettings?.Ports ?? {}).flatMap(([key, bindings]) => describeBindings(key, bindings)),
    networks: describeNetworks(details.NetworkSettings?.Networks),
    startedAt: state.StartedAt ?? '',
    finishedAt: state.FinishedAt ?? '',
    exitCode: state.ExitCode ?? 0,
    outOfMemory: state.OOMKilled ?? false,
    error: state.Error ?? '',
    restarts: details.RestartCount ?? 0,
    pid: state.Pid ?? 0,
    tty: details.Config?.Tty ?? false,
    mounts: (details.Mounts ?? []).map(({ Type, Name, Source, Destination }) => ({ path: Destination ?? '', source: Source ?? '', ...(Type === 'volume' && Name !== undefined && { volume: Name }) })),
    environment: details.Config?.Env ?? [],
    healthcheck: healthcheck(details.Config?.Healthcheck?.Test),
    restartPolicy: RESTART_POLICIES.find((policy) => policy === details.HostConfig?.RestartPolicy?.Name) ?? 'no',
    healthLog: (state.Health?.Log ?? []).map((entry) => ({ end: entry.End ?? '', exitCode: entry.ExitCode ?? 0, output: entry.Output ?? '' })),
  };
}

/** The seconds that a container gives itself to stop; 10 is the engine's own default. */
export const stopTimeout = (reply: unknown): number => (reply as ApiDetails).Config?.StopTimeout ?? 10;

type ApiNetwork = {
  readonly Id?: string;
  readonly Name?: string;
  readonly Created?: string;
  readonly Labels?: Readonly<Record<string, string>> | null;
  readonly Containers?: Readonly<Record<string, unknown>> | null;
  readonly Options?: Readonly<Record<string, string>> | null;
  readonly IPAM?: { readonly Config?: readonly { readonly Subnet?: string }[] | null } | null;
};

/** What inspecting a network tells. */
export function describeNetwork(reply: unknown): Network {
  return { ...describeNetworkSummary(reply), containers: Object.keys((reply as ApiNetwork).Containers ?? {}) };
}

/** A row of the engine's list of networks. */
export function describeNetworkSummary(reply: unknown): NetworkSummary {
  const network = reply as ApiNetwork;
  const created = Date.parse(network.Created ?? '');
  const id = network.Id ?? '';
  return {
    id,
    name: network.Name ?? '',
    labels: network.Labels ?? {},
    ...(!Number.isNaN(created) && { created }),
    subnets: (network.IPAM?.Config ?? []).flatMap(({ Subnet }) => Subnet ?? []),
    device: network.Options?.['com.docker.network.bridge.name'] ?? `br-${id.slice(0, 12)}`,
  };
}

function networkOf(mode: string | undefined): Pick<ContainerSummary, 'networkOf'> {
  return mode?.startsWith('container:') ? { networkOf: mode.slice('container:'.length) } : {};
}

function containerState(text: string | undefined): ContainerState {
  return STATES.find((state) => state === text) ?? (text === 'stopped' ? 'exited' : 'created');
}

function health(text: string | undefined): Health {
  return text === 'starting' || text === 'healthy' || text === 'unhealthy' ? text : 'none';
}

function healthcheck(test: readonly string[] | null | undefined): readonly string[] {
  return test?.[0] === 'NONE' ? [] : (test ?? []);
}

/** Engines before API 1.52 tell health in a list only within the status, such as "Up 3 seconds (health: starting)". */
function healthOfStatus(status: string): Health {
  const [, word] = /\((?:health: )?(starting|healthy|unhealthy)\)$/.exec(status) ?? [];
  return health(word);
}

type Port = ContainerSummary['ports'][number];

function describePort(container: number, protocol: string | undefined, host: number | undefined, address: string | undefined): Port {
  return { container, protocol: protocol === 'udp' ? 'udp' : 'tcp', ...(host && { host }), ...(address && { address }) };
}

function describeBindings(key: string, bindings: readonly { readonly HostIp?: string; readonly HostPort?: string }[] | null): Port[] {
  const [port = '', protocol] = key.split('/');
  if (!bindings || bindings.length === 0) return [describePort(Number(port), protocol, undefined, undefined)];
  return bindings.map((binding) => describePort(Number(port), protocol, Number(binding.HostPort), binding.HostIp));
}

function describeNetworks(networks: ApiNetworks | null | undefined): ContainerSummary['networks'] {
  return Object.entries(networks ?? {}).map(([name, endpoint]) => ({
    name,
    address: endpoint?.IPAddress || endpoint?.GlobalIPv6Address || '',
    ...(endpoint?.Aliases && { aliases: endpoint.Aliases }),
  }));
}
