import { z } from 'zod';
import { call, stream } from './define.ts';
import { Failure } from './errors.ts';

export const EngineState = z.object({
  state: z.enum(['connecting', 'up', 'slow', 'down']),
  /** When this state began, RFC 3339. */
  since: z.string(),
  endpoint: z.string().describe('such as unix:///var/run/docker.sock; credentials are never part of it'),
  /** Which rule of the docker CLI's order chose the endpoint, in words. */
  rule: z.string(),
  context: z.string().optional(),
  engine: z
    .object({
      version: z.string(),
      apiVersion: z.string(),
      os: z.string(),
      architecture: z.string(),
      cpus: z.number(),
      memory: z.number().describe('bytes'),
      name: z.string(),
      fileSystem: z.string().optional().describe('what its files lie on, as it says: extfs, xfs, btrfs'),
    })
    .optional(),
  /** Of the last ping, milliseconds. */
  latency: z.number().optional(),
  error: Failure.optional(),
  nextTry: z.string().optional(),
});
export type EngineState = z.infer<typeof EngineState>;

export const EngineContext = z.object({ name: z.string(), endpoint: z.string(), description: z.string().optional(), current: z.boolean() });
export type EngineContext = z.infer<typeof EngineContext>;

export const engine = {
  /** The state now, then every change. */
  watch: stream(z.object({}), EngineState),
  contexts: call(z.object({}), z.object({ contexts: z.array(EngineContext) })),
  /** Tries again at once. */
  reconnect: call(z.object({}), z.object({})),
};
