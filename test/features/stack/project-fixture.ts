import { closeOver } from './close-over.ts';
import type { Project, ProjectSet, Service } from '#features/project/project.ts';
import type { ResolvedService } from '#ports/compose.ts';
import type { ServiceKind } from '#contract/project.ts';

type Definition = ResolvedService & { readonly kind?: ServiceKind };

/** A project made of resolved services, with one set of all of them, dependencies first as written. */
export function projectOf(services: Readonly<Record<string, Definition>>, set: Partial<ProjectSet> = {}): Project {
  const names = closeOver(services);
  const minimal: ProjectSet = {
    name: 'minimal',
    services: names,
    because: {},
    addresses: 'localhost',
    composeProject: 'shop',
    environment: {},
    replicas: {},
    ports: {},
    standIns: {},
    ...set,
  };
  return {
    name: 'shop',
    directory: '/shop',
    file: '/shop/backlot.yaml',
    composeFiles: ['/shop/compose.yaml'],
    components: [],
    model: { name: 'shop', services, networks: { default: { name: 'shop_default' } }, volumes: { data: { name: 'shop_data' } } },
    services: Object.fromEntries(Object.entries(services).map(([name, { kind, ...resolved }]) => [name, serviceOf(name, kind ?? 'other', resolved as ResolvedService)])),
    sets: { [minimal.name]: minimal },
    defaultSet: 'minimal',
    groups: {},
    suffixes: ['east.shop.example'],
    guard: 'block',
    allow: [],
    stages: [],
    stageFiles: {},
    fixtures: [],
    targets: [],
    warnings: [],
  };
}

function serviceOf(name: string, kind: ServiceKind, resolved: ResolvedService): Service {
  return {
    name,
    kind,
    image: resolved.image ?? `shop-${name}`,
    build: resolved.build !== undefined,
    dependsOn: Object.entries(resolved.depends_on ?? {}).map(([service, { condition, required }]) => ({
      service,
      condition: condition === 'service_healthy' ? 'healthy' : condition === 'service_completed_successfully' ? 'completed' : 'started',
      required: required ?? true,
    })),
    names: [name],
    groups: [],
    resolved,
  };
}
