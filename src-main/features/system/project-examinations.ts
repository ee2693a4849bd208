import type { z } from 'zod';
import type { Plan } from '#contract/stack.ts';
import type { Removed } from '#contract/system.ts';
import type { EnvironmentRecord } from '#ports/state-store.ts';
import type { Examination, Finding } from './examination.ts';
import type { SystemPorts } from './system-ports.ts';

/** The project's files, and the ports that its default set would take. */
export function examineProject(directory: string, { engine, loadProject, plan }: Pick<SystemPorts, 'engine' | 'loadProject' | 'plan'>): Examination[] {
  return [
    {
      id: 'project',
      async look(signal) {
        const { name, warnings } = await loadProject(directory, signal);
        if (warnings.length === 0) return { status: 'ok', message: `${name} in ${directory} is valid` };
        return { status: 'warn', message: `${name}: ${warnings.join('\n')}` };
      },
    },
    {
      id: 'ports',
      async look(signal) {
        try {
          await loadProject(directory, signal);
        } catch {
          // The project's own check says what is wrong with it.
          return undefined;
        }
        const reached = await engine.connect(signal).then(
          () => true,
          () => false,
        );
        if (!reached) return { status: 'warn', message: 'Not checked: the engine does not answer' };
        return judgePorts(await plan(directory, signal));
      },
    },
  ];
}

/** Pure. */
export function judgePorts({ set, ports }: Plan): Finding {
  const published = ports.filter((port) => port.host !== undefined);
  const taken = published.filter((port) => port.takenBy !== undefined);
  if (published.length === 0) return { status: 'ok', message: `${set} takes no port of this machine` };
  const list = (some: typeof ports) => some.map((port) => String(port.host)).join(', ');
  if (taken.length === 0) return { status: 'ok', message: `The ports of ${set} are free or its own: ${list(published)}` };
  return {
    status: 'fail',
    message: taken.map((port) => `Port ${port.host}, which ${port.service} needs, is taken by ${port.takenBy}`).join('\n'),
    fix: `Stop what holds ${taken.length === 1 ? 'it' : 'them'}, or give ${taken.map((port) => port.service).join(', ')} another port in sets.${set}.ports.`,
  };
}

/** Work that ended without being seen to end. */
export function examineLeftovers({ store, operations, leftOfFixtures }: Pick<SystemPorts, 'store' | 'operations' | 'leftOfFixtures'>): Examination {
  return {
    id: 'leftovers',
    async look(signal) {
      // An engine that does not answer has a check of its own.
      const [records, known, things] = await Promise.all([store.listEnvironments(), operations.list(), leftOfFixtures(signal).catch(() => [])]);
      const running = new Set(known.filter((operation) => operation.state === 'running').map((operation) => operation.id));
      return judgeLeftovers(records.filter((record) => record.unfinished && !running.has(record.unfinished.operation)), things);
    },
  };
}

/** Pure. */
export function judgeLeftovers(records: readonly EnvironmentRecord[], things: readonly RemovedThing[]): Finding {
  if (records.length === 0 && things.length === 0) return { status: 'ok', message: 'No crashed work was left behind' };
  const ofSets = records.map(({ project, set, unfinished }) => `${unfinished?.method} of ${project} ${set} began at ${unfinished?.began} and did not end`);
  const ofFixtures = things.map(({ kind, name, why }) => `The ${kind} ${name} is ${why}`);
  return {
    status: 'warn',
    message: [...ofSets, ...ofFixtures].join('\n'),
    fix: records.length > 0 ? 'Go on with backlot up, or remove what is left: backlot clean' : 'Remove what is left: backlot clean',
  };
}

type RemovedThing = z.infer<typeof Removed>;
