import type { ServiceKind } from '#contract/project.ts';
import type { Service } from '#features/project/project.ts';
import type { ResolvedService } from '#ports/compose.ts';

/** The one network of a run's environment. */
export const RUN_NETWORK = 'default';

/** Where the usual servers keep what they hold: nobody else's folder is shown there in a run. */
const DATA_FOLDERS: Partial<Record<ServiceKind, string>> = {
  postgres: '/var/lib/postgresql',
  mysql: '/var/lib/mysql',
  mariadb: '/var/lib/mysql',
  mongodb: '/data/db',
  redis: '/data',
  rabbitmq: '/var/lib/rabbitmq',
  elasticsearch: '/usr/share/elasticsearch/data',
};

/** What one container may write to its log before older lines go. */
export const LOGGING = { driver: 'json-file', options: { 'max-size': '64m', 'max-file': '2' } };

type Mount = { readonly type?: string; readonly source?: string; readonly target?: string; readonly bind?: object };

/** How a service of the project is in a run: on the run's own network, with data of its own, published nowhere, and nothing that an environment which is up has is written to. */
export function serviceInRun(service: Service, { environment, image, isElsewhere = false }: { readonly environment: Readonly<Record<string, string>>; /** The engine may not see the files of this machine. */ readonly isElsewhere?: boolean; /** The tested image, where it is what the service runs. */ readonly image: string | undefined }): { readonly service: Service; readonly warnings: readonly string[] } {
  const { resolved, name } = service;
  const { container_name: _name, external_links: _links, networks, network_mode: mode, restart, volumes, build, pull_policy: pull, ...kept } = resolved;
  const shares = mode?.startsWith('service:') === true;
  const elsewhere = mode !== undefined && !shares && mode !== 'none';
  const changed: ResolvedService = {
    ...kept,
    ...(image === undefined ? { ...(build !== undefined && { build }), ...(pull !== undefined && { pull_policy: pull }) } : {}),
    ...(shares || mode === 'none' ? { network_mode: mode } : { networks: { [RUN_NETWORK]: { aliases: aliasesOf(networks) } } }),
    ...(restart !== undefined && restart !== 'no' && { restart: 'on-failure' }),
    ...(volumes !== undefined && { volumes: (volumes as readonly Mount[]).map((mount) => mountInRun(mount, service.kind, isElsewhere)) }),
    environment: { ...kept.environment, ...escaped(environment) },
    logging: kept['logging'] ?? LOGGING,
  };
  return {
    service: { ...service, resolved: changed, ...(image !== undefined && { image, build: false }) },
    warnings: elsewhere ? [`${name} is on the run's own network, in the place of ${mode === 'host' ? 'this machine’s' : mode}`] : [],
  };
}

/** Folders of this machine can be read only; where data is kept, an empty volume is in their place. What an engine elsewhere does not have it refuses, instead of making an empty folder of it there. */
function mountInRun(mount: Mount, kind: ServiceKind, isElsewhere: boolean): Mount & { readonly read_only?: boolean; readonly bind?: object } {
  if (mount.type !== 'bind') return mount;
  const folder = DATA_FOLDERS[kind];
  if (folder !== undefined && (mount.target === folder || mount.target?.startsWith(`${folder}/`))) return { type: 'volume', target: mount.target };
  return { ...mount, read_only: true, ...(isElsewhere && { bind: { ...mount.bind, create_host_path: false } }) };
}

function aliasesOf(networks: ResolvedService['networks']): string[] {
  return [...new Set(Object.values(networks ?? {}).flatMap((network) => network?.aliases ?? []))];
}

/** Values as a model writes them. */
export function escaped(values: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, escapeDollars(value)]));
}

export function escapeDollars(text: string): string {
  return text.replaceAll('$', '$$$$');
}
