import type { ResolvedModel } from '#ports/compose.ts';
import { stableJson } from './stable-json.ts';

/** What services mount by key, and what belongs to one component unless it says otherwise. */
export const RESOURCES = ['volumes', 'configs', 'secrets'] as const;
export type Resource = (typeof RESOURCES)[number];

type Definition = Readonly<Record<string, unknown>>;

/** Whether a network, volume, config or secret has the name that Compose gives where the file gives none. */
export function isDefaultName(definition: unknown, key: string, project: string): boolean {
  const { name, external } = (definition ?? {}) as { name?: unknown; external?: unknown };
  return external !== true && (name === undefined || name === `${project}_${key}`);
}

/** A definition without the name that only says which Compose project it is of. */
export function definitionOf(definition: unknown, key: string, project: string): Definition {
  const { name, ...kept } = (definition ?? {}) as Record<string, unknown>;
  return isDefaultName(definition, key, project) ? kept : { name, ...kept };
}

/** Whether two definitions say the same, names included. */
export function sameDefinition(first: unknown, second: unknown): boolean {
  return stableJson(first ?? {}) === stableJson(second ?? {});
}

/** A service with everything that it refers to written out: what it is, whatever Compose project it is in. */
export function fullDefinition(service: string, model: ResolvedModel): Definition {
  const resolved = model.services[service] ?? {};
  const mounts = RESOURCES.map((resource) => [resource, mountsOf(resolved[resource], resource, model)] as const);
  const networks = Object.entries(resolved.networks ?? {}).map(([key, settings]) => [key, { settings, ...(key !== 'default' && { network: definitionOf(model.networks?.[key], key, model.name) }) }] as const);
  return { ...resolved, ...Object.fromEntries(mounts.filter(([, list]) => list !== undefined)), networks: Object.fromEntries(networks) };
}

function mountsOf(mounts: unknown, resource: Resource, model: ResolvedModel): unknown {
  if (!Array.isArray(mounts)) return mounts;
  const definitions = (model[resource] ?? {}) as Record<string, unknown>;
  return mounts.map((mount: unknown) => {
    const { source } = (mount ?? {}) as { source?: unknown };
    return typeof source === 'string' && Object.hasOwn(definitions, source) ? { ...(mount as object), definition: definitionOf(definitions[source], source, model.name) } : mount;
  });
}

/** The keys in which two definitions differ; of their variables, the names. */
export function differences(first: Definition, second: Definition): string[] {
  return differingKeys(first, second).flatMap((key) => {
    if (key !== 'environment' && key !== 'labels') return [key];
    return differingKeys(asDefinition(first[key]), asDefinition(second[key])).map((name) => `${key} ${name}`);
  });
}

function differingKeys(first: Definition, second: Definition): string[] {
  const keys = [...new Set([...Object.keys(first), ...Object.keys(second)])];
  return keys.filter((key) => stableJson(first[key] ?? null) !== stableJson(second[key] ?? null));
}

function asDefinition(value: unknown): Definition {
  return typeof value === 'object' && value !== null ? (value as Definition) : {};
}
