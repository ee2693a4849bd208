import type { Check } from '#contract/system.ts';
import { examineEngine } from './engine-examinations.ts';
import { examine } from './examination.ts';
import { examineMachine } from './machine-examinations.ts';
import { examineNames } from './names-examinations.ts';
import { examineLeftovers, examineProject } from './project-examinations.ts';
import type { SystemPorts } from './system-ports.ts';

/** Milliseconds that each check has: more than the engine's own limit, whose failure says what to do. */
const DEADLINE = 13_000;

/** Checks everything that Backlot needs, all at the same time; without an engine the rest is checked all the same. */
export async function doctor(
  { directory }: { readonly directory?: string | undefined },
  ports: SystemPorts,
  signal: AbortSignal,
): Promise<{ readonly schema: 1; readonly checks: Check[] }> {
  const examinations = [
    ...examineEngine(ports),
    ...examineMachine(ports),
    ...(directory === undefined ? [] : examineProject(directory, ports)),
    ...examineNames(ports),
    examineLeftovers(ports),
  ];
  return { schema: 1, checks: await examine(examinations, DEADLINE, signal) };
}
