import type { Dependency } from '#contract/project.ts';
import { createHash } from 'node:crypto';
import { LABELS, LABEL_VERSION } from '#ports/container-engine.ts';
import type { ResolvedService } from '#ports/compose.ts';
import { declaredPortsOf, type PublishedPort } from './decide-ports.ts';
import type { PlannedNetwork } from './decide-networks.ts';
import { dependenciesWithin, ownLabels, type Environment } from './environment.ts';
import type { Guard, GuardPart } from './guard.ts';

/** What one service is made from. */
export type ServiceSpec = {
  readonly service: string;
  /** As Compose gets it, without our labels and with only the ports that were asked for: what a change is seen by. Equal specs are equal texts. */
  readonly text: string;
  readonly hash: string;
};

/** The specs of a set's services, by service. Says nothing of image contents and of ports that nobody asked for, which are decided later. */
export function specsOf(environment: Environment, resolvers: Guard['resolvers'] = {}, dataVolumes: DataVolumes = {}): Record<string, ServiceSpec> {
  const entries = environment.set.services.map((name) => {
    const text = stableJson(withData(adaptService(environment, name, resolvers[name]), name, dataVolumes[name]));
    return [name, { service: name, text, hash: createHash('sha256').update(text).digest('hex').slice(0, 16) }] as const;
  });
  return Object.fromEntries(entries);
}

/** Volumes that show a fixture's data, by the service that has them, with the path where they are mounted. */
export type DataVolumes = Readonly<Record<string, { readonly volume: string; readonly path: string }>>;

export type ModelParts = {
  readonly specs: Readonly<Record<string, ServiceSpec>>;
  readonly ports: readonly PublishedPort[];
  readonly networks: readonly PlannedNetwork[];
  readonly guard: readonly GuardPart[];
  readonly dataVolumes?: DataVolumes;
};

/** The whole model that Compose creates an environment from. */
export function generateModel(environment: Environment, { specs, ports, networks, guard, dataVolumes = {} }: ModelParts): string {
  const { project, set } = environment;
  const labels = environmentLabelValues(environment);
  const services = Object.fromEntries(
    set.services.map((name) => {
      const spec = specs[name];
      const adapted = JSON.parse(spec?.text ?? '{}') as ResolvedService;
      return [
        name,
        {
          ...adapted,
          ports: ports.filter((port) => port.service === name).map(composePort),
          labels: { ...adapted.labels, ...labels, [LABELS.service]: name, [LABELS.spec]: spec?.hash ?? '' },
        },
      ];
    }),
  );
  const helpers = Object.fromEntries(guard.map(({ name, role, definition, hash }) => [name, { ...definition, labels: { ...labels, [LABELS.role]: role, [LABELS.spec]: hash } }]));
  const model = { ...project.model, name: set.composeProject, services: { ...services, ...helpers }, networks: networksOf(environment, networks, labels), volumes: { ...volumesOf(environment), ...externalVolumes(dataVolumes) } };
  return JSON.stringify(model, null, 2);
}

/** The service with a fixture's data in the place of its own, which stays where it is. */
function withData(service: ResolvedService, name: string, data: DataVolumes[string] | undefined): ResolvedService {
  if (!data) return service;
  const others = ((service['volumes'] ?? []) as readonly { readonly target?: string }[]).filter(({ target }) => target !== data.path);
  return { ...service, volumes: [...others, { type: 'volume', source: volumeKey(name), target: data.path, volume: { nocopy: true } }] };
}

function externalVolumes(dataVolumes: DataVolumes): Record<string, unknown> {
  return Object.fromEntries(Object.entries(dataVolumes).map(([service, { volume }]) => [volumeKey(service), { name: volume, external: true }]));
}

function volumeKey(service: string): string {
  return `backlot-data-${service}`;
}

/** The labels that everything of an environment carries, as a model writes them. */
function environmentLabelValues(environment: Environment): Record<string, string> {
  return mapValues(labelsOfEnvironment(environment), escapeDollars);
}

/** The same, as the engine has them. */
export function labelsOfEnvironment(environment: Environment): Record<string, string> {
  return { [LABELS.version]: LABEL_VERSION, [LABELS.project]: environment.project.name, ...ownLabels(environment) };
}

/** Which top-level keys of a service differ between two specs, in words; variables by name, values never. */
export function describeChange(before: string, after: string): string {
  const old = JSON.parse(before) as Record<string, unknown>;
  const now = JSON.parse(after) as Record<string, unknown>;
  const keys = [...new Set([...Object.keys(old), ...Object.keys(now)])].filter((key) => stableJson(old[key]) !== stableJson(now[key]));
  const words = keys.flatMap((key) => (key === 'environment' ? changedVariables(old[key], now[key]) : [`${key.replaceAll('_', ' ')} changed`]));
  return words.join(', ') || 'the configuration changed';
}

function changedVariables(before: unknown, after: unknown): string[] {
  const old = (before ?? {}) as Record<string, unknown>;
  const now = (after ?? {}) as Record<string, unknown>;
  return [...new Set([...Object.keys(old), ...Object.keys(now)])]
    .filter((name) => old[name] !== now[name])
    .map((name) => `environment ${name} ${name in old ? (name in now ? 'changed' : 'removed') : 'added'}`);
}

function adaptService({ project, set }: Environment, name: string, resolver: string | undefined): ResolvedService {
  const service = project.services[name];
  const { ports: _ports, profiles: _profiles, container_name: containerName, ...kept } = service?.resolved ?? {};
  const isDefault = set.name === project.defaultSet;
  const replicas = set.replicas[name];
  const dependencies = dependenciesWithin({ project, set }, name).map((dependency) => [dependency.service, { ...composeDependency(dependency), ...(kept.depends_on?.[dependency.service]?.restart && { restart: true }) }] as const);
  const environment = { ...kept.environment, ...mapValues(set.environment, escapeDollars) };
  const networks = kept.network_mode === undefined ? withAliases(kept.networks, aliasesOf({ project, set }, name)) : undefined;
  return {
    ...kept,
    ports: declaredPortsOf({ project, set }, name).map(composePort) as unknown as NonNullable<ResolvedService['ports']>,
    ...(service && { image: service.image }),
    // A fixed container name can exist once only, so only the default set has it.
    ...(containerName !== undefined && isDefault && { container_name: containerName }),
    ...(Object.keys(environment).length > 0 && { environment }),
    depends_on: Object.fromEntries(dependencies),
    ...(replicas !== undefined && { scale: replicas, deploy: { ...kept.deploy, replicas } }),
    ...(networks && { networks }),
    ...(resolver !== undefined && { dns: [resolver] }),
  };
}

/** Every name that a service answers to beside its own: aliases, groups and stand-ins, alone and with each suffix. */
function aliasesOf({ project, set }: Environment, name: string): string[] {
  const { names = [name], groups = [] } = project.services[name] ?? {};
  const all = [...names, ...groups, ...(set.standIns[name] ?? [])];
  return [...new Set([...all, ...all.flatMap((short) => project.suffixes.map((suffix) => `${short}.${suffix}`))])].filter((alias) => alias !== name);
}

function withAliases(networks: ResolvedService['networks'], aliases: readonly string[]): ResolvedService['networks'] {
  if (aliases.length === 0) return networks;
  const own = networks && Object.keys(networks).length > 0 ? networks : { default: null };
  return Object.fromEntries(
    Object.entries(own).map(([network, settings]) => [network, { ...settings, aliases: [...new Set([...(settings?.aliases ?? []), ...aliases])] }]),
  );
}

function networksOf({ project, set }: Environment, planned: readonly PlannedNetwork[], labels: Readonly<Record<string, string>>): Record<string, unknown> {
  const networks = Object.entries((project.model.networks ?? {}) as Record<string, Definition | null>).map(([key, network]) => {
    if (network?.external) return [key, network] as const;
    const subnet = planned.find((other) => other.key === key)?.subnet;
    const chosen = subnet === undefined ? {} : { ipam: { ...network?.ipam, config: [{ subnet }] } };
    const own = { ...labelsOf(network), ...labels, ...(subnet !== undefined && { [LABELS.subnet]: subnet }) };
    return [key, { ...renamed(network, project.model.name, set.composeProject), ...chosen, labels: own }] as const;
  });
  return Object.fromEntries(networks);
}

/** Volumes hold data, which Backlot never removes: they get no label of ours, and so stay Compose's own. */
function volumesOf({ project, set }: Environment): Record<string, unknown> {
  return mapValues((project.model.volumes ?? {}) as Record<string, Definition | null>, (volume) =>
    volume?.external ? volume : renamed(volume, project.model.name, set.composeProject),
  );
}

type Definition = { readonly name?: string; readonly external?: boolean; readonly labels?: unknown; readonly ipam?: object };

/** Compose resolves unnamed networks and volumes to "<project>_<key>": another project name means another one. */
function renamed(definition: Definition | null, from: string, to: string): Definition {
  const name = definition?.name;
  return { ...definition, ...(name?.startsWith(`${from}_`) && { name: `${to}_${name.slice(from.length + 1)}` }) };
}

function labelsOf(definition: Definition | null): Record<string, string> {
  return (definition?.labels ?? {}) as Record<string, string>;
}

const CONDITIONS = { started: 'service_started', healthy: 'service_healthy', completed: 'service_completed_successfully' } as const;

function composeDependency({ condition, required }: Dependency): { readonly condition: string; readonly required: boolean } {
  return { condition: CONDITIONS[condition], required };
}

function composePort(port: PublishedPort): Record<string, unknown> {
  return {
    mode: 'ingress',
    target: port.container,
    published: port.range ?? String(port.host),
    host_ip: port.address ?? '127.0.0.1',
    protocol: port.protocol,
  };
}

function escapeDollars(text: string): string {
  return text.replaceAll('$', '$$$$');
}

function mapValues<Value, Result>(record: Readonly<Record<string, Value>>, change: (value: Value) => Result): Record<string, Result> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value)]));
}

function stableJson(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    inner && typeof inner === 'object' && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)))
      : inner,
  ) ?? 'null';
}
