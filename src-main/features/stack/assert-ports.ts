import { BacklotError } from '#contract/errors.ts';
import type { PublishedPort } from './decide-ports.ts';
import type { Environment } from './environment.ts';
import { sameAddress, type Situation } from './observe.ts';
import { planStack } from './plan-stack.ts';
import { replicasOf } from './relations.ts';

/** Ports of services that are to be made or started, and who else has them. */
export function takenPorts({ desired, observed, takenBy }: Situation): { readonly port: PublishedPort; readonly holder: string }[] {
  const touched = new Set(planStack(desired, observed).steps.filter((step) => step.action !== 'keep' && step.action !== 'remove').map((step) => step.service));
  return desired.ports.flatMap((port) => {
    const holder = touched.has(port.service) ? takenBy(port) : undefined;
    return holder === undefined ? [] : [{ port, holder }];
  });
}

/** Finds ports that two services ask for, or that somebody else holds, before anything is made. */
export function assertPortsFree(situation: Situation): void {
  const { desired } = situation;
  assertPortsDiffer(desired.ports, desired.environment);
  const [first, ...others] = takenPorts(situation).map(({ port, holder }) => ({
    message: `${port.service} needs port ${port.host} on ${port.address ?? 'this machine'}, which ${holder} holds`,
    fix: `Stop it, or give ${port.service} another port: sets.${desired.environment.set.name}.ports: { ${port.service}: { ${port.container}: ${otherPort(port)} } }. Or have a free one chosen and remembered: backlot up --remap-ports`,
  }));
  if (first) throw new BacklotError('port-taken', first.message, { fix: first.fix, ...(others.length > 0 && { also: others }) });
}

export function assertPortsDiffer(ports: readonly PublishedPort[], environment: Environment): void {
  for (const [index, port] of ports.entries()) {
    const replicas = replicasOf(environment, port.service);
    if (replicas > 1 && port.host !== undefined) {
      throw new BacklotError('config-invalid', `${port.service} has ${replicas} containers, which cannot all have port ${port.host}`, {
        fix: `Leave the choice to the engine in its Compose file (ports: ["${port.container}"]), or give it a range.`,
      });
    }
    const rival = ports.slice(0, index).find((other) => other.host !== undefined && other.host === port.host && other.protocol === port.protocol && sameAddress(other.address ?? '', port.address ?? ''));
    if (!rival) continue;
    throw new BacklotError('config-invalid', `${rival.service} and ${port.service} both ask for port ${port.host} on ${port.address ?? 'this machine'}`, {
      fix: `Give one of them another: sets.${environment.set.name}.ports: { ${port.service}: { ${port.container}: ${otherPort(port)} } }`,
    });
  }
}

/** A port that is likely to be free, as an example. */
function otherPort({ host = 0 }: PublishedPort): number {
  return host > 50_000 ? host - 10_000 : host + 10_000;
}
