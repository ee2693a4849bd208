import type { z } from 'zod';
import type { Plan } from '#contract/stack.ts';
import type { Removed } from '#contract/system.ts';
import type { Operations } from '#core/operations.ts';
import type { Compose } from '#ports/compose.ts';
import type { ContainerEngine } from '#ports/container-engine.ts';
import type { Machine } from '#ports/machine.ts';
import type { ProcessRunner } from '#ports/process-runner.ts';
import type { StateStore } from '#ports/state-store.ts';

/** What `doctor` and `version` need. */
export type SystemPorts = {
  readonly engine: ContainerEngine;
  readonly compose: Compose;
  readonly processes: ProcessRunner;
  readonly machine: Machine;
  readonly store: Pick<StateStore, 'listEnvironments'>;
  readonly operations: Pick<Operations, 'list'>;
  /** What work on fixtures that never ended has left on the engine. */
  readonly leftOfFixtures: (signal: AbortSignal) => Promise<readonly z.infer<typeof Removed>[]>;
  /** Fails where the project's files have faults; needs no engine. */
  readonly loadProject: (directory: string, signal: AbortSignal) => Promise<{ readonly name: string; readonly defaultSet: string; readonly warnings: readonly string[] }>;
  /** What `up` of the project's default set would do. */
  readonly plan: (directory: string, signal: AbortSignal) => Promise<Plan>;
  readonly versions: { readonly backlot: string; /** Such as 20.19.0. */ readonly node: string; readonly electron?: string };
  /** The folder that Backlot keeps its state in, and the docker command line's configuration file. */
  readonly places: { readonly state: string; readonly dockerConfiguration: string };
};
