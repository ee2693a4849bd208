import { coveringRoutes } from '#features/stack/decide-networks.ts';
import { GUARD_ROLE } from '#features/stack/guard.ts';
import { LABELS, type ContainerSummary, type NetworkSummary } from '#ports/container-engine.ts';
import type { Route } from '#ports/machine.ts';
import type { Examination, Finding } from './examination.ts';
import type { SystemPorts } from './system-ports.ts';

/** The guards of the sets that are up, and the addresses of their networks. */
export function examineNames({ engine, machine }: Pick<SystemPorts, 'engine' | 'machine'>): Examination[] {
  const reached = (signal: AbortSignal) =>
    engine.connect(signal).then(
      () => true,
      () => false,
    );
  return [
    { id: 'names', look: async (signal) => ((await reached(signal)) ? judgeGuards(await engine.listContainers([LABELS.version], signal)) : undefined) },
    {
      id: 'addresses',
      async look(signal) {
        if (!(await reached(signal)) || !engine.reachesContainers) return undefined;
        return judgeAddresses(await engine.listSubnets(signal), await machine.routes());
      },
    },
  ];
}

/** Pure. Nothing where no set that is up has a guard. */
export function judgeGuards(containers: readonly ContainerSummary[]): Finding | undefined {
  const guards = containers.filter(({ labels }) => labels[LABELS.role] === GUARD_ROLE.names);
  const isUp = (guard: ContainerSummary) =>
    containers.some(({ labels, state }) => !(LABELS.role in labels) && state === 'running' && labels[LABELS.directory] === guard.labels[LABELS.directory] && labels[LABELS.set] === guard.labels[LABELS.set]);
  const needed = guards.filter(isUp);
  if (needed.length === 0) return undefined;
  const dead = needed.filter(({ state }) => state !== 'running');
  if (dead.length === 0) return { status: 'ok', message: `The guard of the production names runs in ${needed.length === 1 ? 'the set that is' : `all ${needed.length} sets that are`} up` };
  return {
    status: 'fail',
    message: dead.map(({ labels, status }) => `The guard of ${labels[LABELS.project]} ${labels[LABELS.set]} does not run (${status}): no name of the outside world resolves there`).join('\n'),
    fix: `Put it right with ${dead.map(({ labels }) => `backlot up ${labels[LABELS.set]} --project ${labels[LABELS.directory]}`).join('; ')}`,
  };
}

/** Pure. Nothing where no network has addresses of ours. */
export function judgeAddresses(networks: readonly NetworkSummary[], routes: readonly Route[]): Finding | undefined {
  const ours = networks.filter(({ labels }) => LABELS.subnet in labels);
  if (ours.length === 0) return undefined;
  const covered = ours.flatMap((network) => coveringRoutes(network, routes));
  if (covered.length === 0) return { status: 'ok', message: `No route of this machine crosses the addresses of ${ours.length === 1 ? 'the network' : `the ${ours.length} networks`} of its sets` };
  return { status: 'warn', message: covered.map((text) => text.charAt(0).toUpperCase() + text.slice(1)).join('\n'), fix: 'Take those sets down and up again: they get other addresses then. BACKLOT_ADDRESS_RANGE says from where.' };
}
