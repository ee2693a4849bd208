import type { Project } from '#features/project/project.ts';
import type { ReadinessPorts } from '#features/stack/readiness.ts';
import type { Compose } from '#ports/compose.ts';
import type { ContainerEngine } from '#ports/container-engine.ts';
import type { Deployer, PairSettings } from '#ports/deployer.ts';
import type { StateStore } from '#ports/state-store.ts';
import { PairProxy } from './pair-proxy.ts';
import { PairRelease } from './pair-release.ts';
import { removePair } from './remove-pair.ts';

/** The engine that a pair is on. */
export type PairPlace = { readonly engine: ContainerEngine; readonly compose: Pick<Compose, 'create'>; readonly close: () => void };

export type PairPorts = {
  /** The engine of a docker context; without one, the engine that Backlot works with. */
  readonly open: (context: string | undefined) => PairPlace;
  readonly loadProject: (directory: string, signal: AbortSignal) => Promise<Project>;
  readonly store: Pick<StateStore, 'writeModel'>;
  readonly prober: ReadinessPorts['prober'];
};

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
        return await removePair(order, { engine: place.engine, signal, tell });
      } finally {
        place.close();
      }
    },
    async askBalancer(settings, order, command, signal) {
      const place = ports.open(settings.context);
      try {
        const found = await PairProxy.find({ settings, order, engine: place.engine }, signal);
        return found ? await found.proxy.ask(command, signal) : '';
      } finally {
        place.close();
      }
    },
  };
}
