import type { Dependency } from '#contract/project.ts';
import type { ResolvedModel, ResolvedService } from '#ports/compose.ts';
import { plainValue } from '#ports/compose.ts';
import type { NamesOf } from './declared-names.ts';
import type { Service } from './project.ts';
import { serviceKind } from './service-kind.ts';

const CONDITIONS: Readonly<Record<string, Dependency['condition']>> = {
  service_healthy: 'healthy',
  service_completed_successfully: 'completed',
};

/** What is known of services beside their Compose files. */
type Known = {
  /** The names of `backlot.yaml`, expanded, by service. */
  readonly aliases?: NamesOf;
  /** The services of each group. */
  readonly groups?: NamesOf;
  /** The component of each service that has one. */
  readonly components?: Readonly<Record<string, string>>;
};

/** The services of a resolved model. */
export function servicesOf(model: ResolvedModel, { aliases = {}, groups = {}, components = {} }: Known = {}): Record<string, Service> {
  return Object.fromEntries(
    Object.entries(model.services).map(([name, resolved]) => {
      const build = resolved.build !== undefined && resolved.build !== null;
      const image = resolved.image === undefined ? `${model.name}-${name}` : plainValue(resolved.image);
      const own = Object.hasOwn(aliases, name) ? (aliases[name] ?? []) : [];
      return [
        name,
        {
          name,
          kind: serviceKind(image, { builtAs: build ? name : undefined, ports: portsOf(resolved) }),
          image,
          build,
          dependsOn: dependenciesOf(resolved),
          names: [...new Set([name, ...own, ...sharedAliases(resolved)])],
          groups: Object.entries(groups).flatMap(([group, members]) => (members.includes(name) ? [group] : [])),
          ...(Object.hasOwn(components, name) && { component: components[name] ?? '' }),
          resolved,
        },
      ];
    }),
  );
}

function dependenciesOf(resolved: ResolvedService): Dependency[] {
  return Object.entries(resolved.depends_on ?? {}).map(([service, { condition, required }]) => ({
    service,
    condition: CONDITIONS[condition ?? ''] ?? 'started',
    required: required ?? true,
  }));
}

/** Aliases of the Compose file that the service has on every network that it is on. */
function sharedAliases(resolved: ResolvedService): string[] {
  const lists = Object.values(resolved.networks ?? {}).map((network) => network?.aliases ?? []);
  const [first = [], ...others] = lists;
  return first.filter((alias) => others.every((list) => list.includes(alias)));
}

function portsOf(resolved: ResolvedService): number[] {
  const published = (resolved.ports ?? []).map(({ target }) => target);
  return [...published, ...(resolved.expose ?? []).map((port) => Number.parseInt(port, 10))];
}
