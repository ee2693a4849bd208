import { createHash } from 'node:crypto';
import { BacklotError } from '#contract/errors.ts';
import { guardOptions, guardRules } from '#features/names/guard-rules.ts';
import { LABELS, type ContainerSummary } from '#ports/container-engine.ts';
import type { NetworkPlan, PlannedNetwork } from './decide-networks.ts';
import type { Environment } from './environment.ts';

export const GUARD_IMAGE = 'backlot/names:1';

/** What helps a set with its names: the one that answers, and the one that sees who asks past it. */
export const GUARD_ROLE = { names: 'names', watch: 'watch' } as const;
type Role = (typeof GUARD_ROLE)[keyof typeof GUARD_ROLE];

/** One container of the guard, as a service of the generated model. */
export type GuardPart = { readonly name: string; readonly role: Role; readonly definition: Readonly<Record<string, unknown>>; readonly hash: string };

export type Guard = {
  readonly parts: readonly GuardPart[];
  /** The address that each service asks what the engine does not know, by service. */
  readonly resolvers: Readonly<Record<string, string>>;
  readonly warnings: readonly string[];
};

/** What `up` does to one part of the guard. */
export type GuardStep = { readonly part: string; readonly role: Role; readonly action: 'create' | 'recreate' | 'start' | 'keep' | 'remove'; readonly containers: readonly ContainerSummary[] };

/** The names under which Compose knows the parts; no service of a project can have them. */
const PART_NAMES: Readonly<Record<Role, string>> = { names: 'backlot-names', watch: 'backlot-watch' };

/** Bytes that a part of the guard may have, and as whom the answering part runs. */
export const GUARD_MEMORY = 33_554_432;
export const GUARD_USER = '65534:65534';

/** Privileges that nobody of the guard needs, and limits that keep it small. */
const CONFINED = {
  image: GUARD_IMAGE,
  read_only: true,
  cap_drop: ['ALL'],
  security_opt: ['no-new-privileges:true'],
  mem_limit: String(GUARD_MEMORY),
  restart: 'unless-stopped',
  logging: { driver: 'json-file', options: { 'max-size': '4m', 'max-file': '2' } },
};

/** The guard of a set: nothing where it is off. `recipe` is the folder that its image is made from. Pure. */
export function decideGuard(environment: Environment, { networks }: NetworkPlan, recipe: string): Guard {
  const { project, set } = environment;
  const places = networks.filter((network) => network.guard !== undefined);
  if (project.guard === 'off' || places.length === 0) return { parts: [], resolvers: {}, warnings: [] };
  const taken = set.services.find((name) => Object.values(PART_NAMES).includes(name));
  if (taken !== undefined) throw new BacklotError('config-invalid', `A service cannot be called ${taken}: the guard of the production names is`, { fix: 'Give it another name in its Compose file.' });
  const resolvers: Record<string, string> = {};
  const warnings: string[] = [];
  for (const name of set.services) {
    const resolver = resolverOf(name, environment, places);
    if (resolver.address !== undefined) resolvers[name] = resolver.address;
    if (resolver.warning !== undefined) warnings.push(resolver.warning);
  }
  // A run is short: who asks past the guard is not looked for in it.
  const parts = [answering(environment, places, recipe), ...(environment.run ? [] : [watching(environment, places, recipe)])];
  return { parts, resolvers, warnings };
}

/** Which parts have to be made, started or removed. Pure. */
export function planGuard(guard: Guard, containers: readonly ContainerSummary[], imageId: string | undefined): GuardStep[] {
  const steps = guard.parts.map(({ name, role, hash }): GuardStep => {
    const own = containers.filter(({ labels }) => labels[LABELS.role] === role);
    const step = (action: GuardStep['action']): GuardStep => ({ part: name, role, action, containers: own });
    if (own.length === 0) return step('create');
    if (own.length > 1 || own.some((container) => container.labels[LABELS.spec] !== hash || (imageId !== undefined && container.imageId !== imageId))) return step('recreate');
    return step(own.every(({ state }) => state === 'running') ? 'keep' : 'start');
  });
  const roles: readonly string[] = guard.parts.map(({ role }) => role);
  const unwanted = Object.values(GUARD_ROLE).filter((role) => !roles.includes(role));
  const removed = unwanted.map((role): GuardStep => ({ part: PART_NAMES[role], role, action: 'remove', containers: containers.filter(({ labels }) => labels[LABELS.role] === role) }));
  return [...steps, ...removed.filter((step) => step.containers.length > 0)];
}

/** Whether a container is a part of the guard. */
export function isOfGuard({ labels }: Pick<ContainerSummary, 'labels'>): boolean {
  return Object.values<string | undefined>(GUARD_ROLE).includes(labels[LABELS.role]);
}

function resolverOf(service: string, { project }: Environment, places: readonly PlannedNetwork[]): { readonly address?: string; readonly warning?: string } {
  const { resolved } = project.services[service] ?? {};
  const mode = resolved?.network_mode;
  if (mode === 'host') return { warning: `${service} has this machine's own network, where the guard is not: it may reach production names` };
  if (mode === 'bridge' || mode === 'default') return { warning: `${service} is on the engine's own default network, where the guard is not: it may reach production names` };
  if (mode !== undefined) return {};
  const own = places.filter(({ key }) => Object.hasOwn(resolved?.networks ?? {}, key));
  const place = own.find(({ internal }) => !internal) ?? own[0];
  if (place?.guard === undefined) return resolved?.provider === undefined ? { warning: `${service} is on no network that Backlot makes, so the guard does not reach it: it may reach production names` } : {};
  const declared = resolved?.['dns'] as string | readonly string[] | undefined;
  const replaced = declared === undefined ? '' : [declared].flat().join(', ');
  return { address: place.guard, ...(replaced !== '' && { warning: `${service}: its own dns: ${replaced} is not asked, because the guard has to be (names.guard: off changes that)` }) };
}

/** dnsmasq between the set and the rest of the world. */
function answering({ project }: Environment, places: readonly PlannedNetwork[], recipe: string): GuardPart {
  return partOf('names', recipe, {
    command: answeringCommand(project, places.flatMap(({ addresses }) => addresses ?? [])),
    user: GUARD_USER,
    networks: Object.fromEntries(places.map(({ key, guard }) => [key, { ipv4_address: guard }])),
  });
}

/** What the answering part runs. It writes down production names only: what else programs ask is their own business. */
export function answeringCommand(project: Environment['project'], subnets: readonly string[]): string[] {
  const rules = guardRules(project);
  return ['kept', `^dnsmasq[^:]*: ([^0-9]|.* query\\[.*(${anyOf(rules.suffixes)}))`, 'dnsmasq', ...guardOptions(rules, subnets)];
}

/** Sees questions that go to another server than the engine's own resolver: they pass the engine's machine. */
function watching({ project }: Environment, places: readonly PlannedNetwork[], recipe: string): GuardPart {
  const { suffixes } = guardRules(project);
  const either = (kind: string, values: readonly (string | undefined)[]) => values.map((value) => `src ${kind} ${value ?? ''}`).join(' or ');
  const filter = `dst port 53 and (udp or tcp[13] & 8 != 0) and (${either('net', places.map(({ addresses }) => addresses))}) and not (${either('host', places.map(({ guard }) => guard))})`;
  return partOf('watch', recipe, {
    command: ['kept', `^tcpdump: |${anyOf(suffixes)}`, 'tcpdump', '-l', '-n', '-tt', '-i', 'any', '-Q', 'in', '--immediate-mode', '-s', '600', filter],
    cap_add: ['NET_RAW', 'SETUID', 'SETGID'],
    network_mode: 'host',
  });
}

/** A pattern for any of these domains. */
function anyOf(suffixes: readonly string[]): string {
  return suffixes.map((suffix) => suffix.replaceAll('.', '\\.')).join('|');
}

function partOf(role: Role, recipe: string, own: Readonly<Record<string, unknown>>): GuardPart {
  const definition = { ...CONFINED, ...own };
  return { name: PART_NAMES[role], role, hash: createHash('sha256').update(JSON.stringify(definition)).digest('hex').slice(0, 16), definition: { ...definition, build: { context: recipe } } };
}
