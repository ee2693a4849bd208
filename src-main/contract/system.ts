import { z } from 'zod';
import { call, operation } from './define.ts';

export const Check = z.object({
  id: z.string(),
  status: z.enum(['ok', 'warn', 'fail']),
  message: z.string(),
  fix: z.string().optional(),
});
export type Check = z.infer<typeof Check>;

export const Versions = z.object({
  schema: z.literal(1),
  backlot: z.string(),
  engine: z.string().optional(),
  apiVersion: z.string().optional(),
  compose: z.string().optional(),
  runtime: z.string(),
});
export type Versions = z.infer<typeof Versions>;

export const Removed = z.object({ kind: z.enum(['container', 'network', 'volume', 'image', 'state']), name: z.string(), why: z.string() });

export const system = {
  version: call(z.object({}), Versions),
  /** Checks everything that Backlot needs; with a project, its ports and names too. */
  doctor: call(z.object({ directory: z.string().optional() }), z.object({ schema: z.literal(1), checks: z.array(Check) })),
  /** What somebody else needs to know to help, as one text without secrets, and what a file of it is called. */
  report: call(z.object({ directory: z.string().optional() }), z.object({ schema: z.literal(1), file: z.string(), text: z.string() })),
  /** Removes what crashed work left behind, and nothing without Backlot's labels. Never data. */
  clean: operation(z.object({ dryRun: z.boolean().default(false) }), z.object({ removed: z.array(Removed) })),
};
