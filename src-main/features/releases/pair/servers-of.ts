import { EngineServers } from './engine-servers.ts';
import type { PairServers, PairTask } from './pair-servers.ts';
import { SwarmServers } from './swarm-servers.ts';

/** The servers of a pair: containers of the engine, or services of the Swarm that it manages. */
export function serversOf(task: PairTask): PairServers {
  return task.settings.swarm === true ? new SwarmServers(task) : new EngineServers(task);
}
