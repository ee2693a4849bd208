import { z } from 'zod';
import { call, operation } from './define.ts';
import { Where } from './errors.ts';

export const DatabaseEngine = z.enum(['postgres', 'mysql', 'mariadb', 'redis', 'mongodb']);
export type DatabaseEngine = z.infer<typeof DatabaseEngine>;

/** One thing that a verification looked for. `detail` names places and counts, never a value. */
export const FixtureCheck = z.object({
  id: z.enum(['coverage', 'constraints', 'originals', 'personal-data', 'stored-bytes', 'signature']),
  service: z.string().optional(),
  status: z.enum(['passed', 'failed', 'skipped']),
  detail: z.string(),
});
export type FixtureCheck = z.infer<typeof FixtureCheck>;

export const FixtureData = z.object({
  service: z.string(),
  engine: DatabaseEngine,
  version: z.string().describe('of the server that the data was made with'),
  databases: z.array(z.object({ name: z.string(), tables: z.number().int(), rows: z.number().int() })),
  bytes: z.number(),
  digest: z.string(),
  migrations: z.array(z.string()).optional().describe('names of the application’s migrations when the source was read, where the project says where they are'),
});
export type FixtureData = z.infer<typeof FixtureData>;

/** What is known of a stored fixture: its manifest without a secret in it. */
export const Fixture = z.object({
  schema: z.literal(1),
  name: z.string(),
  digest: z.string().describe('of the manifest, which names the digest of every stored part'),
  created: z.string().describe('RFC 3339: when the source was read'),
  bytes: z.number(),
  services: z.array(FixtureData),
  coverage: z.object({ columns: z.number().int(), protected: z.number().int() }),
  rules: z.string().describe('hash of the rules'),
  key: z.string().describe('id of the key, never the key'),
  tables: z.array(z.object({ service: z.string(), table: z.string(), before: z.number().int(), after: z.number().int() })).describe('rows in the source and in the fixture'),
  checks: z.array(FixtureCheck),
  verified: z.boolean(),
  /** How a load would be done on this engine, and about how long that takes. */
  load: z.object({ tier: z.enum(['reflink', 'overlay', 'template', 'copy', 'restore']), seconds: z.number() }).optional(),
  /** Where the application has other migrations than when the source was read: those that came since, and those that are gone. */
  drift: z.array(z.object({ service: z.string(), came: z.array(z.string()), gone: z.array(z.string()) })).optional(),
});
export type Fixture = z.infer<typeof Fixture>;

/** A stored fixture, whatever became of it. Where its manifest does not verify, only its name and digest are known. */
export const ListedFixture = Fixture.extend({
  problem: z
    .object({ kind: z.enum(['manifest', 'verification', 'data']).describe('what is wrong: its manifest, the outcome of its latest verification, or that its data is not on the engine'), message: z.string(), fix: z.string() })
    .optional()
    .describe('why it cannot be loaded; `verified` is false then'),
});
export type ListedFixture = z.infer<typeof ListedFixture>;

/** A place that the rules do not cover, name wrongly or cannot serve, with a rule that would. */
export const RuleFault = z.object({
  service: z.string(),
  place: z.string().describe('such as shop.public.customers.email'),
  fault: z.enum(['uncovered', 'unknown', 'misfit']),
  message: z.string(),
  proposal: z.string().optional().describe('the rule as it would stand in the file'),
  where: Where.optional().describe('the rule, or where one is missing, what it would stand below'),
});
export type RuleFault = z.infer<typeof RuleFault>;

const Named = z.object({ directory: z.string(), name: z.string() });
const Placed = z.object({ directory: z.string(), set: z.string().optional() });
/** Absent where it is the service's own data. */
const Shown = z.object({ name: z.string(), digest: z.string() });
/** What a load or a reset put in place. */
export const Loaded = z.object({
  set: z.string(),
  services: z.array(z.string()).describe('those whose data changed'),
  digest: z.string().describe('of the fixture that the first of them that has one shows now'),
  data: z.array(z.object({ service: z.string(), fixture: Shown.optional() })).describe('what each of them shows now'),
  tier: z.string(),
  seconds: z.number(),
  copied: z.number().optional().describe('bytes of the data, where the engine copies each of its files when it is first opened'),
});
export type Loaded = z.infer<typeof Loaded>;

export const fixtures = {
  list: call(z.object({ directory: z.string() }), z.object({ schema: z.literal(1), fixtures: z.array(ListedFixture) })),
  /** One fixture by name (the newest capture) or by digest. */
  inspect: call(Named, ListedFixture),
  remove: operation(Named.extend({ withData: z.boolean().default(false).describe('also the data of sets that are down which lies over it') }), z.object({ removed: z.array(z.string()) })),
  /** Capture, anonymize, verify, store. Nothing is stored unless everything passes. */
  capture: operation(Named.extend({ from: z.string().optional().describe('a file or URL instead of the declared source'), propose: z.boolean().default(false).describe('only write a first rules file') }), z.union([Fixture, z.object({ proposed: z.array(z.string()) })])),
  /** Values of a few rows before and after each rule; only where the source is, never stored. */
  preview: call(
    Named.extend({ from: z.string().optional().describe('a file or URL instead of the declared source'), rows: z.number().int().min(1).max(50).default(5) }),
    z.object({ tables: z.array(z.object({ service: z.string(), table: z.string(), columns: z.array(z.object({ name: z.string(), rule: z.string() })), before: z.array(z.array(z.string().nullable())), after: z.array(z.array(z.string().nullable())) })) }),
  ),
  verify: operation(Named, Fixture),
  /** Puts the state in place in a set that is up; only its data services are touched. */
  load: operation(Placed.extend({ name: z.string() }), Loaded),
  /** Back to the state that was loaded last; `undo` takes the latest reset or load back, once. What has nothing to go back to is left alone. */
  reset: operation(Placed.extend({ undo: z.boolean().default(false) }), Loaded),
  /** What data the services of a set show, and what `undo` would bring back. Without an entry, a service has its own data. */
  loaded: call(
    Placed,
    z.object({
      schema: z.literal(1),
      set: z.string(),
      services: z.array(z.object({ service: z.string(), tier: z.string(), fixture: Shown.optional(), former: z.object({ fixture: Shown.optional() }).optional() })),
    }),
  ),
  push: operation(Named.extend({ reference: z.string() }), z.object({ reference: z.string(), digest: z.string() })),
  pull: operation(z.object({ directory: z.string(), reference: z.string() }), Fixture),
};
