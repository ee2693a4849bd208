import { z } from 'zod';
import { call, operation, stream } from './define.ts';

const Environment = z.object({ directory: z.string(), set: z.string().optional() });

export const NameView = z.object({
  name: z.string().describe('as programs ask for it, suffix included'),
  service: z.string().describe('its owner'),
  set: z.string(),
  /** Why the owner has it: its own name, an alias, a stand-in for a service that the set leaves out, a group, an alias of the Compose file. */
  reason: z.enum(['service', 'alias', 'stand-in', 'group', 'compose']),
  container: z.string().optional().describe('address inside the set’s network; absent where nothing runs'),
  host: z.string().optional().describe('address for programs on this machine'),
  ports: z.array(z.number().int()).describe('ports that the owner listens on'),
});
export type NameView = z.infer<typeof NameView>;

export const GuardMode = z.enum(['block', 'report', 'off']);
export type GuardMode = z.infer<typeof GuardMode>;

/** A production name that was asked for and that nobody here owns. */
export const Miss = z.object({
  name: z.string(),
  caller: z.string().describe('the service that asked, else its address'),
  set: z.string(),
  count: z.number().int(),
  last: z.string().describe('RFC 3339'),
  types: z.array(z.string()).describe('record types asked for, such as A, AAAA, SRV'),
  /** blocked by the guard, only reported, or asked of another server past the guard. */
  kind: z.enum(['blocked', 'reported', 'bypassed']),
});
export type Miss = z.infer<typeof Miss>;

export const Misses = z.object({
  schema: z.literal(1),
  guard: GuardMode,
  misses: z.array(Miss),
  note: z.string().optional().describe('why misses may be lacking, such as a guard that does not run'),
});
export type Misses = z.infer<typeof Misses>;

export const Explanation = z.object({
  schema: z.literal(1),
  name: z.string(),
  from: z.string().optional().describe('the service whose view it is; absent for this machine'),
  verdict: z.enum(['owned', 'blocked', 'forwarded', 'unknown']),
  owner: z.string().optional(),
  address: z.string().optional(),
  steps: z.array(z.string()).describe('what was asked and answered, in order, as sentences'),
});
export type Explanation = z.infer<typeof Explanation>;

export const HostChange = z.object({ what: z.string().describe('the file or setting'), now: z.string(), then: z.string() });
export type HostChange = z.infer<typeof HostChange>;

/** How this machine resolves the suffixes, and what `install` or `uninstall` would change. */
export const HostNames = z.object({
  schema: z.literal(1),
  state: z.enum(['installed', 'absent', 'partial']),
  mechanism: z.enum(['systemd-resolved', 'resolver-folder', 'nrpt', 'hosts-file']),
  resolver: z.object({ address: z.string(), port: z.number().int() }).optional().describe('the resolver on loopback, where it runs'),
  /** What `install` would change; where nothing is left to install, what `uninstall` would. */
  changes: z.array(HostChange),
  /** What `uninstall` would change, also where only a part is installed. */
  undoes: z.array(HostChange).optional(),
  /** Domains that are, or would be, resolved here. */
  suffixes: z.array(z.string()).optional(),
  /** Environments whose names the resolver has, the one that answers first where several have a name. */
  answers: z.array(z.object({ project: z.string(), set: z.string(), names: z.number().int() })).optional(),
  /** What could not be done, or was left alone, and why. */
  notes: z.array(z.string()).optional(),
});
export type HostNames = z.infer<typeof HostNames>;

export const names = {
  /** Every name of the set with its owner and addresses; of every set that is up where none is given. */
  list: call(Environment, z.object({ schema: z.literal(1), guard: GuardMode, suffixes: z.array(z.string()), allow: z.array(z.string()), names: z.array(NameView) })),
  /** Asks inside the container of `from` (any of the set where absent) and says who answers, and how that was decided. */
  why: call(Environment.extend({ name: z.string(), from: z.string().optional() }), Explanation),
  misses: call(Environment, Misses),
  /** All misses of the project now, then again whenever one comes. */
  watchMisses: stream(Environment, Misses),
  /** Writes the name into `backlot.yaml` as an alias of a service; comments and order are kept. */
  alias: call(z.object({ directory: z.string(), name: z.string(), service: z.string() }), z.object({ file: z.string(), line: z.number().int() })),
  /** Writes the name into `backlot.yaml` as one that may be forwarded. */
  allow: call(z.object({ directory: z.string(), name: z.string() }), z.object({ file: z.string(), line: z.number().int() })),
  /** How the suffixes resolve on this machine, and what `install` would change. */
  host: call(z.object({ directory: z.string().describe('empty: no project, only what is installed') }), HostNames),
  install: operation(z.object({ directory: z.string() }), HostNames),
  uninstall: operation(z.object({}), HostNames),
};
