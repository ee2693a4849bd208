import type { ResolvedModel, ResolvedService } from '#ports/compose.ts';
import { definitionOf, differences, fullDefinition, isDefaultName, RESOURCES, sameDefinition, type Resource } from './model-definitions.ts';

/** One component's files, resolved. The first of a list is the project's own, which gives its name to all. */
export type ModelPart = { readonly component: string; readonly model: ResolvedModel };

/** A service or a network that two parts declare in two ways; parts by their place in the list. */
export type Conflict = {
  readonly kind: 'service' | 'network';
  readonly name: string;
  readonly first: number;
  readonly second: number;
  /** What differs: keys, and names of variables; values never. */
  readonly keys: readonly string[];
};

export type Merged = {
  readonly model: ResolvedModel;
  /** The part that each service comes from. */
  readonly origins: Readonly<Record<string, number>>;
  readonly conflicts: readonly Conflict[];
  /** Parts whose default network says something that the project's own does not. */
  readonly lostDefaults: readonly number[];
};

/** One model of several: services that are alike are one, networks are shared by name, data of different components stays apart. Pure. */
export function mergeModels(parts: readonly ModelPart[]): Merged {
  const [root] = parts;
  if (!root) throw new Error('There is no model to merge');
  if (parts.length === 1) return { model: root.model, origins: Object.fromEntries(Object.keys(root.model.services).map((name) => [name, 0])), conflicts: [], lostDefaults: [] };
  const merging = new Merging(root.model.name, parts);
  parts.forEach((_part, index) => merging.add(index));
  return { ...merging.result(), model: { ...root.model, ...merging.sections() } };
}

type Renamed = Record<Resource, Map<string, string>>;

class Merging {
  private readonly projectName: string;
  private readonly parts: readonly ModelPart[];
  private readonly services: Record<string, ResolvedService> = {};
  private readonly origins: Record<string, number> = {};
  private readonly networks: Record<string, unknown> = {};
  private readonly networkOrigins = new Map<string, number>();
  private readonly resources: Record<Resource, Record<string, unknown>> = { volumes: {}, configs: {}, secrets: {} };
  /** The merged keys of each part's volumes, configs and secrets. */
  private readonly renamed: Renamed[] = [];
  private readonly conflicts: Conflict[] = [];
  private readonly lostDefaults: number[] = [];

  constructor(projectName: string, parts: readonly ModelPart[]) {
    this.projectName = projectName;
    this.parts = parts;
  }

  add(index: number): void {
    const model = this.modelOf(index);
    const own: string[] = [];
    const renamed: Renamed = { volumes: new Map(), configs: new Map(), secrets: new Map() };
    this.renamed.push(renamed);
    for (const name of Object.keys(model.services)) {
      if (Object.hasOwn(this.origins, name)) this.share(name, index, renamed);
      else own.push(name);
    }
    for (const resource of RESOURCES) this.addResources(resource, index, renamed[resource]);
    for (const key of Object.keys(model.networks ?? {})) this.addNetwork(key, index);
    for (const name of own) {
      this.origins[name] = index;
      this.services[name] = withResources(model.services[name] ?? {}, renamed);
    }
  }

  sections(): Pick<ResolvedModel, 'services' | 'networks'> & Record<Resource, Record<string, unknown>> {
    return { services: this.services, networks: this.networks, ...this.resources };
  }

  result(): Omit<Merged, 'model'> {
    return { origins: this.origins, conflicts: this.conflicts, lostDefaults: this.lostDefaults };
  }

  private modelOf(index: number): ResolvedModel {
    return this.parts[index]?.model ?? { name: '', services: {} };
  }

  /** A service that was there already: what it keeps is the first declarer's, for everything else of this part too. */
  private share(name: string, index: number, renamed: Renamed): void {
    const first = this.origins[name] ?? 0;
    const keys = differences(fullDefinition(name, this.modelOf(first)), fullDefinition(name, this.modelOf(index)));
    if (keys.length > 0) this.conflicts.push({ kind: 'service', name, first, second: index, keys });
    const service = this.modelOf(index).services[name];
    for (const resource of RESOURCES) {
      for (const key of sourcesOf(service?.[resource])) {
        const kept = this.renamed[first]?.[resource].get(key);
        if (kept !== undefined && !renamed[resource].has(key)) renamed[resource].set(key, kept);
      }
    }
  }

  private addResources(resource: Resource, index: number, renamed: Map<string, string>): void {
    const model = this.modelOf(index);
    const merged = this.resources[resource];
    for (const [key, definition] of Object.entries((model[resource] ?? {}) as Record<string, unknown>)) {
      if (renamed.has(key)) continue;
      const isDefault = isDefaultName(definition, key, model.name);
      const isFree = (name: string) => !Object.hasOwn(merged, name) || (!isDefault && sameDefinition(merged[name], definition));
      let name = index === 0 || (!isDefault && isFree(key)) ? key : `${this.parts[index]?.component}_${key}`;
      while (!isFree(name)) name += '_';
      renamed.set(key, name);
      merged[name] = isDefault ? { ...(definition as object), name: `${this.projectName}_${name}` } : definition;
    }
  }

  private addNetwork(key: string, index: number): void {
    const definition = this.modelOf(index).networks?.[key];
    const own = definitionOf(definition, key, this.modelOf(index).name);
    const first = this.networkOrigins.get(key);
    if (first === undefined) {
      this.networkOrigins.set(key, index);
      this.networks[key] = isDefaultName(definition, key, this.modelOf(index).name) ? { ...(definition as object), name: `${this.projectName}_${key}` } : definition;
      return;
    }
    const keys = differences(definitionOf(this.modelOf(first).networks?.[key], key, this.modelOf(first).name), own);
    if (keys.length === 0) return;
    if (key !== 'default') this.conflicts.push({ kind: 'network', name: key, first, second: index, keys });
    else if (Object.values(own).some((value) => JSON.stringify(value) !== '{}')) this.lostDefaults.push(index);
  }
}

/** The keys of volumes, configs or secrets that a service mounts. */
function sourcesOf(mounts: unknown): string[] {
  return Array.isArray(mounts) ? mounts.flatMap((mount: unknown) => (isMount(mount) ? [mount.source] : [])) : [];
}

function withResources(service: ResolvedService, renamed: Renamed): ResolvedService {
  const changed = RESOURCES.filter((resource) => sourcesOf(service[resource]).some((key) => (renamed[resource].get(key) ?? key) !== key));
  const build = service.build as { readonly secrets?: unknown } | null | undefined;
  return {
    ...service,
    ...Object.fromEntries(changed.map((resource) => [resource, renameSources(service[resource], resource, renamed[resource])])),
    ...(build && sourcesOf(build.secrets).length > 0 && { build: { ...build, secrets: renameSources(build.secrets, 'build', renamed.secrets) } }),
  };
}

/** What is mounted by its own name stays at the place that it had by that name. */
const USUAL_TARGETS = { secrets: (key: string) => `/run/secrets/${key}`, configs: (key: string) => `/${key}`, build: (key: string) => key, volumes: (key: string) => key } as const;

function renameSources(mounts: unknown, at: keyof typeof USUAL_TARGETS, renamed: ReadonlyMap<string, string>): unknown {
  if (!Array.isArray(mounts)) return mounts;
  return mounts.map((mount: unknown) => {
    const name = isMount(mount) ? renamed.get(mount.source) : undefined;
    return isMount(mount) && name !== undefined && name !== mount.source ? { target: USUAL_TARGETS[at](mount.source), ...mount, source: name } : mount;
  });
}

function isMount(mount: unknown): mount is { readonly source: string } {
  const { type = 'volume', source } = (mount ?? {}) as { type?: unknown; source?: unknown };
  return type === 'volume' && typeof source === 'string';
}
