import { z } from 'zod';
import { call, operation, stream } from './define.ts';

export const ProjectReference = z.object({ directory: z.string(), name: z.string() });
export type ProjectReference = z.infer<typeof ProjectReference>;

/** What Backlot takes a service for, from its image: decides the probe, the icon and the connection URL. */
export const ServiceKind = z.enum([
  'postgres', 'mysql', 'mariadb', 'redis', 'mongodb', 'rabbitmq', 'kafka', 'elasticsearch', 'memcached', 'nginx', 'haproxy', 'http', 'other',
]);
export type ServiceKind = z.infer<typeof ServiceKind>;

export const PortMapping = z.object({
  container: z.number().int(),
  host: z.number().int().optional().describe('absent: not published'),
  address: z.string().optional().describe('the host address it is published on'),
  protocol: z.enum(['tcp', 'udp']),
});
export type PortMapping = z.infer<typeof PortMapping>;

export const Dependency = z.object({
  service: z.string(),
  condition: z.enum(['started', 'healthy', 'completed']),
  required: z.boolean(),
});
export type Dependency = z.infer<typeof Dependency>;

export const ServiceView = z.object({
  name: z.string(),
  kind: ServiceKind,
  image: z.string(),
  build: z.boolean(),
  dependsOn: z.array(Dependency),
  ports: z.array(PortMapping),
  names: z.array(z.string()),
  healthcheck: z.boolean(),
  component: z.string().optional().describe('the component that it comes from, where it is not the project’s own'),
});
export type ServiceView = z.infer<typeof ServiceView>;

const SetMember = z.object({
  service: z.string(),
  /** Why it is in the set: chosen by the set itself, or needed by these. */
  because: z.string().describe('such as: chosen by the set; needed by api'),
});

export const SetView = z.object({
  name: z.string(),
  addresses: z.enum(['localhost', 'own']),
  /** Compose's own project name of the environment. */
  composeProject: z.string(),
  members: z.array(SetMember),
  standIns: z.record(z.string(), z.array(z.string())).describe('names of services that the set leaves out, by the service that answers for them'),
  environment: z.array(z.string()).describe('names of the variables that the set gives; never their values'),
  fixture: z.string().optional().describe('what its data services come up with where they have no data yet'),
});
export type SetView = z.infer<typeof SetView>;

export const StageView = z.object({
  name: z.string(),
  needs: z.array(z.string()).describe('stages that must pass first'),
  services: z.array(z.string()),
  fixture: z.string().optional(),
  browser: z.enum(['chromium', 'firefox']).optional(),
  against: z.literal('target').optional().describe('it runs against a deployed target, in no run of its own'),
});
export type StageView = z.infer<typeof StageView>;

export const ProjectView = z.object({
  schema: z.literal(1),
  name: z.string(),
  directory: z.string(),
  file: z.string(),
  compose: z.array(z.string()),
  components: z.array(z.object({ name: z.string(), directory: z.string(), services: z.array(z.string()) })),
  suffixes: z.array(z.string()),
  defaultSet: z.string(),
  sets: z.array(SetView),
  services: z.array(ServiceView),
  stages: z.array(z.string()),
  stageViews: z.array(StageView).describe('the stages with what each needs, in the order of the file'),
  fixtures: z.array(z.string()),
  targets: z.array(z.string()),
  registry: z.string().optional().describe('where images and fixtures are pushed'),
  warnings: z.array(z.string()),
});
export type ProjectView = z.infer<typeof ProjectView>;

export const project = {
  /** Projects that were opened on this machine, latest first. */
  list: call(z.object({}), z.object({ projects: z.array(ProjectReference) })),
  /** Finds `backlot.yaml` upward from a folder and remembers the project. */
  open: call(z.object({ directory: z.string() }), ProjectReference),
  /** Takes a project off the list; nothing else. */
  forget: call(z.object({ directory: z.string() }), z.object({})),
  /** The project, checked and resolved. `directory` is where `backlot.yaml` is. */
  load: call(z.object({ directory: z.string() }), ProjectView),
  /** Which state the files that `load` reads are in, now and whenever it is another. The same text is the same state. */
  watch: stream(z.object({ directory: z.string() }), z.object({ state: z.string() })),
  /** Components, and theirs, whose folders are not there, and where they can be cloned from. */
  missing: call(
    z.object({ directory: z.string() }),
    z.object({ components: z.array(z.object({ name: z.string(), path: z.string(), git: z.string().optional().describe('as it may be shown'), ref: z.string().optional() })) }),
  ),
  /** Clones the components that are missing now, each from its `git:` URL to its path. Those that these need in turn are missing after it. */
  clone: operation(z.object({ directory: z.string() }), z.object({ cloned: z.array(z.object({ name: z.string(), directory: z.string() })) })),
  /** Writes `backlot.yaml` beside a Compose file. Refuses where one is, unless `force`. */
  init: operation(
    z.object({ directory: z.string(), force: z.boolean().default(false) }),
    z.object({ file: z.string(), sets: z.record(z.string(), z.array(z.string())) }),
  ),
};
