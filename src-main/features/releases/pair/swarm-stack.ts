import { createHash } from 'node:crypto';
import { BacklotError } from '#contract/errors.ts';
import type { Project, Service } from '#features/project/project.ts';
import type { ResolvedModel, ResolvedService } from '#ports/compose.ts';
import { LABELS } from '#ports/container-engine.ts';
import type { DeployOrder, PairSettings } from '#ports/deployer.ts';
import type { SwarmNetwork } from '#ports/swarm.ts';
import { nameInPair, nameOf, PAIR_NETWORK, pairLabels, pairName, type Slot } from './pair-model.ts';
import { swarmFiles } from './swarm-files.ts';

/** What services of a Swarm can have of what a service of Compose has. */
const TAKEN: ReadonlySet<string> = new Set([
  ...['cap_add', 'cap_drop', 'command', 'configs', 'credential_spec', 'dns', 'dns_search', 'domainname', 'entrypoint', 'environment', 'extra_hosts', 'healthcheck', 'hostname', 'image', 'init', 'isolation'],
  ...['labels', 'logging', 'read_only', 'secrets', 'stdin_open', 'stop_grace_period', 'stop_signal', 'sysctls', 'tmpfs', 'tty', 'ulimits', 'user', 'volumes', 'working_dir'],
]);
/** What a pair says itself, or what is said in other words below. */
const SAID_OTHERWISE: ReadonlySet<string> = new Set([
  ...['attach', 'build', 'container_name', 'cpus', 'depends_on', 'deploy', 'develop', 'env_file', 'expose', 'mem_limit', 'mem_reservation', 'networks', 'platform', 'ports', 'profiles', 'pull_policy', 'restart', 'scale'],
]);

export type SwarmStack = {
  /** Of what the servers are made from. */
  readonly spec: string;
  readonly replicas: number;
  /** Networks of the service that the balancer can be on too, by their real names. */
  readonly networks: readonly string[];
  /** What the servers are without. */
  readonly without: readonly string[];
  /** The stack file of each server. */
  readonly models: Readonly<Record<Slot, unknown>>;
};

/** The service as Compose has it, with the released image, as a service of a Swarm. Pure. */
export function swarmStack({ model }: Pick<Project, 'model'>, { name, resolved }: Pick<Service, 'name' | 'resolved'>, parts: { readonly settings: PairSettings; readonly order: DeployOrder; readonly networks: readonly SwarmNetwork[] }): SwarmStack {
  const { settings, order } = parts;
  const { mode = 'replicated', replicas = resolved.scale ?? 1, ...rest }: Deploy = resolved.deploy ?? {};
  if (mode !== 'replicated') throw new BacklotError('config-invalid', `The service ${name} has deploy.mode: ${mode}, and a pair on a Swarm has to be able to scale its servers`, { fix: 'Let it be replicated: deploy: { replicas: 3 }.' });
  const networks = joinable(model, { name, resolved }, parts.networks);
  const base = { ...taken(resolved), image: order.image };
  const deploy = { ...resourcesOf(resolved, rest), ...(rest.restart_policy !== undefined && { restart_policy: rest.restart_policy }), ...(rest.placement !== undefined && { placement: rest.placement }), endpoint_mode: 'dnsrr', replicas };
  const spec = createHash('sha256').update(JSON.stringify([base, deploy, networks.joined, settings.port])).digest('hex').slice(0, 16);
  const labels = { ...rest.labels, ...pairLabels(order), [LABELS.service]: name, [LABELS.release]: order.release, [LABELS.revision]: order.revision, [LABELS.image]: order.image, [LABELS.spec]: spec, [LABELS.replicas]: String(replicas) };
  const dropped = Object.entries(resolved).flatMap(([key, value]) => (TAKEN.has(key) || SAID_OTHERWISE.has(key) || value === null ? [] : [key]));
  const modelOf = (slot: Slot) => ({
    version: '3.8',
    services: { [slot]: { ...base, deploy: { ...deploy, labels: { ...labels, [LABELS.slot]: slot } }, networks: { ...Object.fromEntries(networks.joined.map(([key]) => [key, null])), [PAIR_NETWORK]: { aliases: [nameInPair(slot)] } } } },
    networks: { ...Object.fromEntries(networks.joined), [PAIR_NETWORK]: { name: pairName(order), driver: 'overlay', attachable: true, labels: pairLabels(order) } },
    ...(model.volumes && { volumes: model.volumes }),
    ...swarmFiles(model, resolved, { order, slot }),
  });
  const without = [...dropped, ...networks.missing.map((one) => `the network ${one}, which is not one of the Swarm`)];
  return { spec, replicas, networks: networks.shared, without, models: { blue: modelOf('blue'), green: modelOf('green') } };
}

type Resources = Readonly<Record<string, { readonly cpus?: number | string; readonly memory?: string; readonly pids?: number; readonly generic_resources?: unknown } | undefined>>;
type Deploy = { readonly mode?: string; readonly replicas?: number; readonly resources?: Resources; readonly restart_policy?: unknown; readonly placement?: unknown; readonly labels?: Readonly<Record<string, string>> };

/** What Compose prints and the words of a stack file do not have is left out. */
function taken(resolved: ResolvedService): Record<string, unknown> {
  const { environment = {}, healthcheck, volumes, ...rest } = Object.fromEntries(Object.entries(resolved).filter(([key, value]) => TAKEN.has(key) && value !== null)) as ResolvedService & { readonly volumes?: readonly Mount[] };
  const { start_interval: _interval, ...health } = (healthcheck ?? {}) as NonNullable<ResolvedService['healthcheck']> & { readonly start_interval?: string };
  return {
    ...rest,
    environment: Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== null)),
    ...(healthcheck && { healthcheck: health }),
    ...(volumes && { volumes: volumes.map(({ bind, ...mount }) => ({ ...mount, ...(bind?.propagation !== undefined && { bind: { propagation: bind.propagation } }) })) }),
  };
}

type Mount = { readonly bind?: { readonly propagation?: string } };

function resourcesOf({ cpus, mem_limit: limit, mem_reservation: reservation }: ResolvedService, { resources = {} }: Deploy): { readonly resources: unknown } {
  const { limits, reservations } = resources;
  const processors = limits?.cpus ?? (cpus as number | undefined);
  const [most, least] = [limits?.memory ?? limit, reservations?.memory ?? reservation];
  return {
    resources: {
      limits: { ...(processors !== undefined && { cpus: String(processors) }), ...(most !== undefined && { memory: String(most) }), ...(limits?.pids !== undefined && { pids: limits.pids }) },
      reservations: { ...(reservations?.cpus !== undefined && { cpus: String(reservations.cpus) }), ...(least !== undefined && { memory: String(least) }), ...(reservations?.generic_resources !== undefined && { generic_resources: reservations.generic_resources }) },
    },
  };
}

type Joined = { readonly name: string; readonly external?: true };
type Networks = { readonly joined: readonly (readonly [string, Joined])[]; readonly shared: readonly string[]; readonly missing: readonly string[] };

/** Networks of the service that the Swarm has, or that the Compose files declare for one; those of one engine alone are of no use on others, and are missed where other services are on them. */
function joinable({ networks: declared = {}, services }: ResolvedModel, { name: own, resolved }: Pick<Service, 'name' | 'resolved'>, there: readonly SwarmNetwork[]): Networks {
  const all = Object.entries(declared).filter(([key]) => Object.hasOwn(resolved.networks ?? {}, key));
  const known = new Map(there.map((network) => [network.name, network]));
  const joined = all.flatMap(([key, value]): (readonly [string, Joined])[] => {
    const name = nameOf(key, value);
    if (known.has(name)) return [[key, { name, external: true }]];
    const isForSwarm = (value as { readonly driver?: string } | null)?.driver === 'overlay';
    return isForSwarm ? [[key, { ...(value as object), name, attachable: true } as Joined]] : [];
  });
  const isShared = (key: string) => Object.entries(services).some(([name, { networks = {} }]) => name !== own && Object.hasOwn(networks, key));
  const found = new Set(joined.map(([, { name }]) => name));
  return { joined, shared: [...found].filter((name) => known.get(name)?.isAttachable !== false), missing: all.flatMap(([key, value]) => (found.has(nameOf(key, value)) || !isShared(key) ? [] : [nameOf(key, value)])) };
}
