import { z } from 'zod';
import { call, operation, stream } from './define.ts';
import { ServicePhase } from './operations.ts';
import { PortMapping } from './project.ts';

/** One environment: a set of a project. Without `set`, the project's default set. */
const Environment = z.object({ directory: z.string(), set: z.string().optional() });
const Services = Environment.extend({ services: z.array(z.string()).default([]) });

export const ServiceStatus = z.object({
  name: z.string(),
  state: ServicePhase,
  why: z.string().optional(),
  container: z.string().optional().describe('its name'),
  containerId: z.string().optional(),
  image: z.string(),
  names: z.array(z.string()),
  addresses: z.object({ container: z.string().optional(), host: z.string().optional() }),
  ports: z.array(PortMapping),
  restarts: z.number().int(),
  started: z.string().optional().describe('RFC 3339'),
  exitCode: z.number().int().optional(),
  standsFor: z.array(z.string()).optional().describe('services that the set leaves out and whose names it answers to'),
  swappedTo: z.array(z.string()).optional().describe('host:port of the processes that have its place'),
});
export type ServiceStatus = z.infer<typeof ServiceStatus>;

export const SetState = z.enum(['up', 'starting', 'partial', 'failed', 'down']);
export type SetState = z.infer<typeof SetState>;

export const SetStatus = z.object({ name: z.string(), state: SetState, services: z.array(ServiceStatus) });
export type SetStatus = z.infer<typeof SetStatus>;

export const StackStatus = z.object({
  schema: z.literal(1),
  project: z.string(),
  sets: z.array(SetStatus),
});
export type StackStatus = z.infer<typeof StackStatus>;

export const Plan = z.object({
  schema: z.literal(1),
  set: z.string(),
  create: z.array(z.object({ service: z.string(), why: z.string() })),
  recreate: z.array(z.object({ service: z.string(), why: z.string() })),
  start: z.array(z.object({ service: z.string(), why: z.string() })),
  remove: z.array(z.object({ service: z.string(), why: z.string() })),
  unchanged: z.array(z.string()),
  ports: z.array(PortMapping.extend({ service: z.string(), takenBy: z.string().optional() })),
  images: z.array(z.object({ image: z.string(), action: z.enum(['pull', 'build', 'present']), services: z.array(z.string()) })),
  warnings: z.array(z.string()),
  /** What the set is expected to take, beside what the engine has; bytes. */
  memory: z.object({ expected: z.number(), available: z.number().optional() }).optional(),
});
export type Plan = z.infer<typeof Plan>;

export const UpResult = z.object({
  set: z.string(),
  ready: z.array(z.string()),
  done: z.array(z.string()),
  failed: z.array(z.object({ service: z.string(), why: z.string() })),
  changed: z.array(z.string()).describe('services that were created, recreated or started'),
  seconds: z.number(),
  guarded: z.array(z.string()).optional().describe('suffixes whose names stay here: the guard blocks those that nobody owns'),
});
export type UpResult = z.infer<typeof UpResult>;

export const LogLine = z.object({
  service: z.string(),
  stream: z.enum(['stdout', 'stderr']),
  time: z.string().describe('RFC 3339 with nanoseconds, as the engine gives it'),
  line: z.string(),
  /** Set where the line was longer than the view takes: its full length in characters. */
  cut: z.number().int().optional(),
});
export type LogLine = z.infer<typeof LogLine>;

export const LogBatch = z.object({
  lines: z.array(LogLine),
  /** Something happened to the stream itself, such as a container that was started again. */
  note: z.object({ service: z.string(), text: z.string() }).optional(),
});
export type LogBatch = z.infer<typeof LogBatch>;

export const ServiceStats = z.object({
  service: z.string(),
  cpu: z.number().describe('of one core, 1 = 100 %'),
  memory: z.number().describe('bytes, without page cache'),
  memoryLimit: z.number().optional().describe('bytes'),
  networkReceived: z.number().describe('bytes since start'),
  networkSent: z.number().describe('bytes since start'),
  blockRead: z.number().describe('bytes since start'),
  blockWritten: z.number().describe('bytes since start'),
});
export type ServiceStats = z.infer<typeof ServiceStats>;

export const StatsSample = z.object({ schema: z.literal(1), time: z.string(), set: z.string(), services: z.array(ServiceStats) });
export type StatsSample = z.infer<typeof StatsSample>;

export const EnvironmentVariables = z.object({
  schema: z.literal(1),
  set: z.string(),
  variables: z.array(z.object({ name: z.string(), value: z.string(), service: z.string().optional() })),
  /** Ready to be pasted into a client: each port of each service that runs, the main one first. Passwords are part of them. */
  connections: z
    .array(
      z.object({
        service: z.string(),
        port: z.number().int().describe('that it listens on'),
        inside: z.string().describe('for programs in the set'),
        host: z.string().optional().describe('for programs on this machine; absent where nothing there reaches it'),
      }),
    )
    .optional(),
});
export type EnvironmentVariables = z.infer<typeof EnvironmentVariables>;

/** A command of this machine, without a shell. */
export const HostCommand = z.object({ file: z.string(), arguments: z.array(z.string()), environment: z.record(z.string(), z.string()) });

export const stack = {
  plan: call(Services, Plan),
  status: call(z.object({ directory: z.string(), set: z.string().optional() }), StackStatus),
  /** The whole status now, then again on every change of any set of the project. */
  watch: stream(z.object({ directory: z.string() }), StackStatus),
  up: operation(
    Services.extend({
      timeout: z.number().positive().default(300).describe('seconds'),
      build: z.boolean().default(false),
      remap: z.boolean().default(false).describe('gives a service whose host port is taken a free one, and remembers it'),
      fixture: z.string().optional().describe('what data services without data come up with, in the place of the set’s own'),
    }),
    UpResult,
  ),
  /** Stops and removes containers and networks of the set, of these services only, or of every set (`all`). Never data. */
  down: operation(
    Services.extend({ all: z.boolean().default(false), timeout: z.number().min(0).optional().describe('seconds of grace; else each service’s own') }),
    z.object({ sets: z.array(z.string()), removed: z.array(z.string()), seconds: z.number() }),
  ),
  /** A process on this machine takes a service's place under its names and ports, or (`back`) gives it back. */
  swap: operation(
    z.object({
      directory: z.string(),
      set: z.string().optional(),
      service: z.string(),
      to: z.array(z.string()).default([]).describe('host:port for each port of the service, in its order; or container port=host:port'),
      back: z.boolean().default(false),
    }),
    z.object({ set: z.string(), service: z.string(), swappedTo: z.array(z.string()), seconds: z.number() }),
  ),
  restart: operation(Services.extend({ timeout: z.number().positive().default(300) }), UpResult),
  logs: stream(
    Services.extend({
      follow: z.boolean().default(false),
      tail: z.number().int().min(0).optional().describe('lines of each service; without it, all'),
      since: z.string().optional().describe('RFC 3339, or a duration such as 10m'),
      filter: z.string().optional().describe('text, or /regular expression/'),
    }),
    LogBatch,
  ),
  /** One sample; with `follow`, one each interval for as long as somebody reads. */
  stats: stream(Environment.extend({ follow: z.boolean().default(false), interval: z.number().min(0.5).default(2) }), StatsSample),
  env: call(Environment, EnvironmentVariables),
  /** The docker command that runs `command` in a service's container; without one, its best shell. */
  execCommand: call(
    z.object({
      directory: z.string(),
      set: z.string().optional(),
      service: z.string(),
      command: z.array(z.string()).optional(),
      terminal: z.boolean(),
      input: z.boolean(),
    }),
    HostCommand,
  ),
};
