import type { Api } from '#contract/index.ts';
import type { Versions } from '#contract/system.ts';
import type { Implementation } from '#core/dispatcher.ts';
import { doctor } from './doctor.ts';
import { report, type ReportPorts } from './report.ts';
import type { SystemPorts } from './system-ports.ts';

type System = Implementation<Pick<Api, 'system'>>['system'];

/** The `system` noun of the contract. `clean` is the stack's: it knows what is left behind. */
export function createSystem(ports: SystemPorts & { readonly report: () => ReportPorts }, clean: System['clean']): System {
  return {
    version: (_input, signal) => versions(ports, signal),
    doctor: (input, signal) => doctor(input, ports, signal),
    report: (input, signal) => report(input, ports.report(), signal),
    clean,
  };
}

/** What cannot be reached is left out, and is no failure. */
async function versions({ engine, compose, versions: own }: SystemPorts, signal: AbortSignal): Promise<Versions> {
  const [reached, composeVersion] = await Promise.allSettled([engine.connect(signal), compose.version(signal)]);
  signal.throwIfAborted();
  const found = reached.status === 'fulfilled' ? engine.state.engine : undefined;
  return {
    schema: 1,
    backlot: own.backlot,
    ...(found && { engine: found.version, apiVersion: found.apiVersion }),
    ...(composeVersion.status === 'fulfilled' && { compose: composeVersion.value }),
    runtime: own.electron ? `Electron ${own.electron} (Node.js ${own.node})` : `Node.js ${own.node}`,
  };
}
