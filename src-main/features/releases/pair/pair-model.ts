import { createHash } from 'node:crypto';
import type { Project } from '#features/project/project.ts';
import type { ResolvedModel, ResolvedService } from '#ports/compose.ts';
import { LABELS } from '#ports/container-engine.ts';
import type { DeployOrder, PairSettings } from '#ports/deployer.ts';

/** The two servers of a pair: while one serves, the other is kept or made. */
export const SLOTS = ['blue', 'green'] as const;
export type Slot = (typeof SLOTS)[number];
export type Shares = Readonly<Record<Slot, number>>;

export const otherSlot = (slot: Slot): Slot => (slot === 'blue' ? 'green' : 'blue');
/** All traffic to one of them. */
export const allTo = (slot: Slot): Shares => (slot === 'blue' ? { blue: 100, green: 0 } : { blue: 0, green: 100 });

/** The name that HAProxy finds a server by. */
export const nameInPair = (slot: Slot) => `backlot-${slot}`;

/** Compose's project name of a pair, which is also that of its network. */
export function pairName({ project, target }: Pick<DeployOrder, 'project' | 'target'>): string {
  return `${project}-${target}-pair`.toLowerCase().replaceAll(/[^a-z0-9_-]/g, '-').replace(/^[^a-z0-9]+/, '');
}

export function pairLabels(order: Pick<DeployOrder, 'project' | 'target'>): Record<string, string> {
  return { [LABELS.project]: order.project, [LABELS.role]: 'pair', [LABELS.target]: order.target };
}

/** By what the parts of a pair are listed. Pure. */
export const pairFilters = (order: Pick<DeployOrder, 'project' | 'target'>, more: Readonly<Record<string, string>> = {}): string[] => Object.entries({ ...pairLabels(order), ...more }).map(([key, value]) => `${key}=${value}`);

/** What there is on the target's engine already: what has such a name is joined and not made. */
export type Existing = { readonly networks: ReadonlySet<string>; readonly volumes: ReadonlySet<string> };
export type SlotModel = { readonly model: ResolvedModel; /** Of what the server is made from. */ readonly spec: string };

/** The service as Compose has it, with the released image, as a server of the pair. Pure. */
export function slotModel({ model, services }: Pick<Project, 'model' | 'services'>, parts: { readonly settings: PairSettings; readonly order: DeployOrder; readonly slot: Slot; readonly existing: Existing }): SlotModel {
  const { settings, order, slot, existing } = parts;
  const { build: _build, ports: _ports, container_name: _name, depends_on: _depends, profiles: _profiles, deploy: _deploy, scale: _scale, pull_policy: _pull, ...own } = services[settings.service]?.resolved ?? {};
  const base: ResolvedService = { restart: 'unless-stopped', ...own, image: order.image };
  const spec = createHash('sha256').update(JSON.stringify([base, settings.port])).digest('hex').slice(0, 16);
  const labels = { ...own.labels, ...pairLabels(order), [LABELS.service]: settings.service, [LABELS.slot]: slot, [LABELS.release]: order.release, [LABELS.revision]: order.revision, [LABELS.image]: order.image, [LABELS.spec]: spec };
  const networks = { ...Object.fromEntries(Object.keys(own.networks ?? {}).map((name) => [name, null])), [PAIR_NETWORK]: { aliases: [nameInPair(slot)] } };
  const service = { ...base, labels, networks };
  return {
    spec,
    model: {
      ...model,
      name: pairName(order),
      services: { [slot]: service },
      networks: { ...joined(model.networks, existing.networks), [PAIR_NETWORK]: { name: pairName(order), labels: pairLabels(order) } },
      ...(model.volumes && { volumes: joined(model.volumes, existing.volumes) }),
    },
  };
}

/** What the generated models call the network of a pair. */
export const PAIR_NETWORK = 'backlot-pair';

function joined(declared: Readonly<Record<string, unknown>> | undefined, existing: ReadonlySet<string>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(declared ?? {}).map(([key, value]) => {
    const name = nameOf(key, value);
    return [key, existing.has(name) ? { name, external: true } : value];
  }));
}

/** Real names of what a model declares. */
export const namesIn = (declared: Readonly<Record<string, unknown>> | undefined): string[] => Object.entries(declared ?? {}).map(([key, value]) => nameOf(key, value));
/** The real name of what a model declares. */
export const nameOf = (key: string, value: unknown): string => (value as { readonly name?: string } | null)?.name ?? key;

/** Shares of the new version, one after the other; the last is everything. Pure. */
export function stepsOf({ steps = ['10%', '50%', '100%'] }: Pick<PairSettings, 'steps'>): number[] {
  const shares = steps.map((step) => Math.round(Number.parseFloat(step))).filter((share) => share > 0 && share < 100);
  return [...new Set(shares)].sort((one, other) => one - other).concat(100);
}
