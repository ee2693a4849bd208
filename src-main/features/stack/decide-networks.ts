import { BacklotError } from '#contract/errors.ts';
import { chooseSubnet, prefixFor } from '#features/names/choose-subnet.ts';
import { contains, formatAddress, formatSubnet, overlaps, parseAddress, parseSubnet, sizeOf, type Subnet } from '#features/names/cidr.ts';
import { LABELS, type NetworkSummary } from '#ports/container-engine.ts';
import type { Route } from '#ports/machine.ts';
import { isOwn, type Environment } from './environment.ts';
import { replicasOf } from './relations.ts';

/** What the machine and its engine have already. */
export type NetworkFacts = {
  readonly networks: readonly NetworkSummary[];
  readonly routes: readonly Route[];
  readonly ranges: readonly Subnet[];
  /** Subnets that the engine refused just now: somebody else was quicker. */
  readonly refused: readonly Subnet[];
};

/** One network of a set, by the key of the Compose files. */
export type PlannedNetwork = {
  readonly key: string;
  /** Addresses that Backlot chose; absent where the Compose files choose them, or where an earlier choice of the engine stays. */
  readonly subnet?: string;
  /** Its addresses, whoever chose them. */
  readonly addresses?: string;
  /** Where the guard has its place on it. */
  readonly guard?: string;
  readonly internal: boolean;
};

type RemadeNetwork = { readonly id: string; readonly name: string; readonly key: string; readonly why: string };

export type NetworkPlan = {
  readonly networks: readonly PlannedNetwork[];
  /** Networks that have to be made anew, with everything that is on them. */
  readonly remake: readonly RemadeNetwork[];
  readonly warnings: readonly string[];
};

type Definition = {
  readonly name?: string;
  readonly external?: boolean;
  readonly internal?: boolean;
  readonly driver?: string;
  readonly ipam?: { readonly config?: readonly { readonly subnet?: string; readonly gateway?: string; readonly aux_addresses?: Readonly<Record<string, string>> }[] };
};

/** Containers of ours beside the services' own: the guard. */
const OWN_CONTAINERS = 1;

/** Which addresses each network of a set has. Those that it has already stay, where that can be. Pure. */
export function decideNetworks(environment: Environment, facts: NetworkFacts): NetworkPlan {
  const { project, set } = environment;
  const taken = [...facts.refused, ...facts.networks.flatMap(({ subnets }) => subnetsOf(subnets)), ...routesOf(facts)];
  const plan = { networks: [] as PlannedNetwork[], remake: [] as RemadeNetwork[], warnings: [] as string[] };
  for (const [key, definition] of Object.entries((project.model.networks ?? {}) as Record<string, Definition | null>)) {
    const users = set.services.filter((name) => Object.hasOwn(project.services[name]?.resolved.networks ?? {}, key));
    if (users.length === 0 || !isBridge(definition)) continue;
    const internal = definition?.internal === true;
    const declared = declaredSubnet(definition);
    if (declared) {
      plan.networks.push({ key, internal, addresses: formatSubnet(declared), ...guardIn(declared, environment, key, definition) });
      continue;
    }
    if ((definition?.ipam?.config ?? []).some(({ subnet }) => subnet !== undefined)) continue;
    const containers = users.reduce((sum, name) => sum + replicasOf(environment, name), 0) + OWN_CONTAINERS;
    const name = networkName(definition, environment);
    const existing = facts.networks.find((network) => network.name === name);
    const verdict = judgeExisting(existing, environment, { needed: containers, ranges: facts.ranges });
    if (verdict.keep === 'engine') {
      plan.networks.push({ key, internal });
      continue;
    }
    if (existing && verdict.why !== undefined) plan.remake.push({ id: existing.id, name, key, why: verdict.why });
    const subnet = verdict.keep ?? chooseSubnet({ ranges: facts.ranges, needed: containers * 2, taken, purpose: `${project.directory}\n${set.name}\n${key}` });
    taken.push(subnet);
    plan.networks.push({ key, internal, subnet: formatSubnet(subnet), addresses: formatSubnet(subnet), ...guardIn(subnet, environment, key, definition) });
    if (existing && verdict.keep) plan.warnings.push(...coveringRoutes(existing, facts.routes));
  }
  return plan;
}

/** Routes that take addresses of a network elsewhere, as warnings: they came after it. Pure. */
export function coveringRoutes(network: NetworkSummary, routes: readonly Route[]): string[] {
  const own = subnetsOf(network.subnets);
  return routes
    .filter(({ destination, device }) => device !== network.device && own.some((subnet) => covers(destination, subnet)))
    .map(({ destination, device }) => `the route ${destination} of ${device} covers ${network.subnets.join(', ')} of the network ${network.name}: what is there beyond ${device} cannot be reached from here, and containers perhaps neither; backlot down, then up moves the network elsewhere`);
}

function covers(destination: string, subnet: Subnet): boolean {
  const route = parseSubnet(destination);
  return route !== undefined && overlaps(route, subnet);
}

type Verdict = { readonly keep?: Subnet | 'engine'; readonly why?: string };

/** Whether a network that exists keeps its addresses, or why not. */
function judgeExisting(existing: NetworkSummary | undefined, environment: Environment, { needed, ranges }: { readonly needed: number; readonly ranges: readonly Subnet[] }): Verdict {
  if (!existing) return {};
  const isOurs = isOwn(existing.labels, environment);
  const chosen = parseSubnet(existing.labels[LABELS.subnet] ?? '');
  if (isOurs && chosen) {
    if (prefixFor(needed) < chosen.prefix) return { why: `its network ${existing.name} has ${sizeOf(chosen)} addresses, which are too few` };
    if (!ranges.some((range) => contains(range, chosen))) return { why: `its network ${existing.name} has ${formatSubnet(chosen)}, which is outside of the range of addresses that is now set` };
    return { keep: chosen };
  }
  if (environment.project.guard === 'off') return { keep: 'engine' };
  if (!isOurs) {
    throw new BacklotError('foreign-objects', `The network ${existing.name} is there already, and Backlot did not make it: the guard needs addresses of its own on it`, {
      fix: `Remove it: docker network rm ${existing.name}. Or declare it as external in the Compose file; then the guard leaves it alone.`,
    });
  }
  return { why: `its network ${existing.name} has addresses of the engine's choice, on which the guard can have no fixed place` };
}

/** Networks that the engine makes on its own machine, which are ours to give addresses to. */
function isBridge(definition: Definition | null): boolean {
  return !definition?.external && (definition?.driver === undefined || definition.driver === '' || definition.driver === 'bridge');
}

function declaredSubnet(definition: Definition | null): Subnet | undefined {
  return subnetsOf((definition?.ipam?.config ?? []).flatMap(({ subnet }) => subnet ?? []))[0];
}

function networkName(definition: Definition | null, { project, set }: Environment): string {
  const name = definition?.name ?? '';
  return name.startsWith(`${project.model.name}_`) ? `${set.composeProject}_${name.slice(project.model.name.length + 1)}` : name;
}

/** The highest address that nobody has been given, but for the last. */
function guardIn(subnet: Subnet, { project, set }: Environment, key: string, definition: Definition | null): { readonly guard?: string } {
  if (project.guard === 'off') return {};
  const fixed = set.services.flatMap((name) => (project.services[name]?.resolved.networks?.[key] as { readonly ipv4_address?: string } | null | undefined)?.ipv4_address ?? []);
  const reserved = (definition?.ipam?.config ?? []).flatMap(({ gateway, aux_addresses: others }) => [...(gateway === undefined ? [] : [gateway]), ...Object.values(others ?? {})]);
  const used = new Set([...fixed, ...reserved].map(parseAddress));
  for (let address = subnet.first + sizeOf(subnet) - 3; address > subnet.first; address--) {
    if (!used.has(address)) return { guard: formatAddress(address) };
  }
  return {};
}

function routesOf({ routes, networks }: NetworkFacts): Subnet[] {
  // The engine's own interfaces are told by its networks, which may be about to go.
  const own = new Set(networks.map(({ device }) => device));
  return subnetsOf(routes.filter(({ device }) => !own.has(device)).map(({ destination }) => destination));
}

function subnetsOf(texts: readonly string[]): Subnet[] {
  return texts.flatMap((text) => parseSubnet(text) ?? []);
}
