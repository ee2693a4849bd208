import type { Implementation } from '#core/dispatcher.ts';
import type { Api } from '#contract/index.ts';
import { down, type DownPorts } from './down.ts';
import { environmentOf } from './environment.ts';
import { execCommand } from './exec-command.ts';
import { logs } from './logs.ts';
import { restart } from './restart.ts';
import { stats } from './stats.ts';
import { readStatus, status } from './status.ts';
import { swap } from './swap.ts';
import { plan, up, type StackPorts } from './up.ts';
import { connectionVariables } from './variables.ts';
import { watchStatus } from './watch.ts';

/** The `stack` noun of the contract. */
export function createStack(ports: StackPorts & DownPorts): Implementation<Pick<Api, 'stack'>>['stack'] {
  return {
    plan: (input, signal) => plan(input, ports, signal),
    status: (input, signal) => status(input, ports, signal),
    watch: (input, signal) => watchStatus(input, ports, signal),
    up: (input, work) => up(input, ports, work),
    down: (input, work) => down(input, ports, work),
    restart: (input, work) => restart(input, ports, work),
    swap: (input, work) => swap(input, ports, work),
    logs: (input, signal) => logs(input, ports, signal),
    stats: (input, signal) => stats(input, ports, signal),
    execCommand: (input, signal) => execCommand(input, ports, signal),
    async env({ directory, set: name }, signal) {
      const [project, outline] = await Promise.all([ports.loadProject(directory, signal), ports.loadOutline(directory, signal), ports.engine.connect(signal)]);
      const environment = environmentOf(project, name);
      const { sets } = await readStatus(outline, ports, signal);
      return connectionVariables(environment, sets.find((set) => set.name === environment.set.name)?.services ?? [], ports.engine.reachesContainers);
    },
  };
}
