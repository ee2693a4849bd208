import type { Work } from '#core/work.ts';
import type { Remembered, StateStore } from '#ports/state-store.ts';
import { takenPorts } from './assert-ports.ts';
import type { PublishedPort } from './decide-ports.ts';
import type { Situation } from './observe.ts';

/** How far from the port that was asked for one is looked for. */
const FARTHEST = 1000;

type Remap = { readonly service: string; readonly container: number; readonly asked: number; readonly given: number; readonly holder: string };

/** Another port for each that somebody else has: the nearest above that is free. Pure. */
function chooseRemaps(situation: Situation): Remap[] {
  const { desired, left, takenBy } = situation;
  const given = new Set<number>();
  const isFree = (port: PublishedPort, host: number) =>
    !given.has(host) && !desired.ports.some((other) => other.host === host) && takenBy({ ...port, host }) === undefined;
  const taken = [...takenPorts(situation), ...left.map((port) => ({ port, holder: takenBy(port) ?? 'another service' }))];
  return taken.flatMap(({ port, holder }): Remap[] => {
    const asked = port.asked ?? port.host;
    if (asked === undefined || port.protocol !== 'tcp') return [];
    const free = Array.from({ length: FARTHEST }, (_, step) => asked + step + 1).find((host) => host <= 65_535 && isFree(port, host));
    if (free === undefined) return [];
    given.add(free);
    return [{ service: port.service, container: port.container, asked, given: free, holder }];
  });
}

/** Gives services whose host ports are taken other ones, and remembers them. Answers whether it did. */
export async function remapPorts(situation: Situation, { store, tell }: { readonly store: StateStore } & Work): Promise<boolean> {
  const remaps = chooseRemaps(situation);
  if (remaps.length === 0) return false;
  const { project, set } = situation.desired.environment;
  for (const { service, container, asked, given, holder } of remaps) {
    tell({ type: 'message', level: 'info', text: `${service}: port ${container} is published at ${given} from now on, because ${holder} has ${asked}` });
  }
  await store.remember(set.composeProject, project.directory, { remapped: withRemaps(situation.remembered.remapped, remaps) });
  return true;
}

function withRemaps(before: Remembered['remapped'], remaps: readonly Remap[]): Remembered['remapped'] {
  const after: Record<string, Record<string, { asked: number; given: number }>> = { ...before };
  for (const { service, container, asked, given } of remaps) after[service] = { ...after[service], [container]: { asked, given } };
  return after;
}
