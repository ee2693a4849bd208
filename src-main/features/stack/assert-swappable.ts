import { BacklotError } from '#contract/errors.ts';
import { dependenciesWithin, type Environment } from './environment.ts';
import { replicasOf } from './relations.ts';

/** Refuses services whose place one process cannot take. */
export function assertSwappable(environment: Environment, service: string): void {
  const { project, set } = environment;
  const resolved = project.services[service]?.resolved ?? {};
  const refuse = (why: string, fix: string) => new BacklotError('input-invalid', `${service} cannot be swapped: ${why}`, { fix });
  const replicas = replicasOf(environment, service);
  if (replicas > 1) throw refuse(`it has ${replicas} containers`, `Give it one in the set: sets.${set.name}.replicas: { ${service}: 1 }`);
  if (replicas < 1) throw refuse('the set has no container of it', `Give it one in the set: sets.${set.name}.replicas: { ${service}: 1 }`);
  if (resolved.provider !== undefined) throw refuse('it is no container', 'Swap a service that runs in a container.');
  const waiter = set.services.find((name) => dependenciesWithin(environment, name).some((dependency) => dependency.service === service && dependency.condition === 'completed'));
  if (waiter !== undefined) throw refuse(`it runs once and ends, which ${waiter} waits for`, 'Swap a service that listens on a port.');
  if (resolved.network_mode !== undefined && resolved.network_mode !== 'default' && resolved.network_mode !== 'bridge') {
    throw refuse(`it has no network of its own (network_mode: ${resolved.network_mode})`, 'Swap the service whose network it has.');
  }
  const guest = set.services.find((name) => project.services[name]?.resolved.network_mode === `service:${service}`);
  if (guest !== undefined) throw refuse(`${guest} has its network, which would go away with it`, `Swap services of networks of their own, or take ${guest} out of the set.`);
}
