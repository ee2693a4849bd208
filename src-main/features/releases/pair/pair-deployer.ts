import { BacklotError } from '#contract/errors.ts';
import type { Project } from '#features/project/project.ts';
import type { ReadinessPorts } from '#features/stack/readiness.ts';
import type { Compose } from '#ports/compose.ts';
import { LABELS, type ContainerEngine } from '#ports/container-engine.ts';
import type { Swarm } from '#ports/swarm.ts';
import type { Deployer, PairSettings } from '#ports/deployer.ts';
import type { StateStore } from '#ports/state-store.ts';
import { SLOTS, type Slot } from './pair-model.ts';
import { PairProxy } from './pair-proxy.ts';
import { PairRelease } from './pair-release.ts';
import type { PairTask } from './pair-servers.ts';
import { removePair } from './remove-pair.ts';
import { serversOf } from './servers-of.ts';

/** The engine that a pair is on, and the Swarm that it belongs to, where it does. */
export type PairPlace = { readonly engine: ContainerEngine; readonly swarm: Swarm; readonly compose: Pick<Compose, 'create' | 'startAsCompose'>; readonly close: () => void };

export type PairPorts = {
  /** The engine of a docker context; without one, the engine that Backlot works with. */
  readonly open: (context: string | undefined) => PairPlace;
  /** With the Compose files of the revision, which `files` has where the checkout is another. */
  readonly loadProject: (place: { readonly directory: string; readonly files: string }, signal: AbortSignal) => Promise<Project>;
  readonly store: Pick<StateStore, 'writeModel'>;
  readonly prober: ReadinessPorts['prober'];
};

/** Which running server has the released version, and which the one before: by their images. */
async function findServers(task: PairTask): Promise<{ readonly now?: Slot; readonly before?: Slot }> {
  const { order } = task;
  const servers = await serversOf(task).find();
  const having = (image: string | undefined) => (image === undefined ? undefined : SLOTS.find((slot) => servers[slot]?.isRunning && servers[slot].labels[LABELS.image] === image));
  const [now, before] = [having(order.image), having(order.previous?.image)];
  // The same image again cannot be told from what it follows.
  if (now === before) return {};
  return { ...(now !== undefined && { now }), ...(before !== undefined && { before }) };
}

/** Two versions of a service behind HAProxy: the new one starts beside the one that serves, gets the traffic in steps, and the old one is kept for the way back. */
export function createPairDeployer(ports: PairPorts): Deployer<PairSettings> {
  return {
    async deploy(settings, order, work) {
      const place = ports.open(settings.context);
      try {
        await new PairRelease(settings, order, work, { ...ports, ...place }).carryOut();
        return {};
      } finally {
        place.close();
      }
    },
    async remove(settings, order, { signal, tell }) {
      const place = ports.open(settings.context);
      try {
        return await removePair(order, { engine: place.engine, swarm: place.swarm, signal, tell });
      } finally {
        place.close();
      }
    },
    balancer(settings, order) {
      const on = async <Result>(work: (place: PairPlace) => Promise<Result>): Promise<Result> => {
        const place = ports.open(settings.context);
        return work(place).finally(place.close);
      };
      const quiet = (signal: AbortSignal) => ({ signal, tell: () => {}, secret: () => Promise.reject(new Error('not asked for')), redact: (text: string) => text });
      return {
        ask: async (command, signal) => on(async ({ engine }) => (await PairProxy.find({ settings, order, engine }, signal))?.proxy.ask(command, signal) ?? ''),
        servers: async (signal) => on((place) => findServers({ settings, order, work: quiet(signal), ports: { ...ports, ...place } })),
        port: async (signal) => on(async ({ engine }) => ((await PairProxy.find({ settings, order, engine }, signal)) && engine.reachesContainers ? settings.public : undefined)),
        probe: async (server, request, signal) => on(async ({ engine }) => {
          const slot = SLOTS.find((one) => one === server);
          const found = await PairProxy.find({ settings, order, engine }, signal);
          if (slot === undefined || !found) throw new BacklotError('not-running', `There is no server ${server} of ${order.target}`, { fix: 'See backlot targets.' });
          return found.proxy.probe(slot, request, signal);
        }),
      };
    },
  };
}
