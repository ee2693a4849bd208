import type { ServiceKind } from '#contract/project.ts';
import type { Plan } from '#contract/stack.ts';
import type { Work } from '#core/work.ts';
import type { ResolvedService } from '#ports/compose.ts';
import { LABELS, type ContainerEngine, type ContainerSummary } from '#ports/container-engine.ts';
import type { Machine } from '#ports/machine.ts';
import type { Remembered, StateStore } from '#ports/state-store.ts';
import { environmentLabels, type Environment } from './environment.ts';
import { isOnThisMachine, type Situation } from './observe.ts';
import { wantedServices, type StackPlan } from './plan-stack.ts';
import { replicasOf } from './relations.ts';
import { isOfService } from './swaps.ts';

const MB = 1_000_000;

/** What a server of each kind takes shortly after its start, before it was ever seen. */
const USUAL: Readonly<Record<ServiceKind, number>> = {
  postgres: 60 * MB,
  mysql: 400 * MB,
  mariadb: 400 * MB,
  mongodb: 300 * MB,
  elasticsearch: 1200 * MB,
  kafka: 1200 * MB,
  rabbitmq: 150 * MB,
  redis: 12 * MB,
  memcached: 12 * MB,
  nginx: 15 * MB,
  haproxy: 15 * MB,
  http: 120 * MB,
  other: 120 * MB,
};

export type Expectation = NonNullable<Plan['memory']>;

/** What the services of a plan are expected to take, beside what the engine has for them. */
export function expectMemory(plan: StackPlan, { desired, observed, remembered }: Situation, { engine, machine }: { readonly engine: ContainerEngine; readonly machine: Machine }): Expectation {
  const { environment } = desired;
  const wanted = wantedServices(desired).filter((service) => !plan.swaps.has(service));
  const expected = wanted.reduce((sum, service) => sum + expectedOf(service, environment, remembered.memory), 0);
  if (!engine.reachesContainers || !isOnThisMachine(engine)) {
    // Its memory is that of another machine, of which it tells the whole only.
    const whole = engine.state.engine?.memory;
    return { expected, ...(whole !== undefined && whole > 0 && { available: whole }) };
  }
  // What runs already has its part of what is expected.
  const running = new Set(observed.containers.filter((container) => isOfService(container) && container.state === 'running').map(serviceOf));
  const held = wanted.filter((service) => running.has(service)).reduce((sum, service) => sum + expectedOf(service, environment, remembered.memory), 0);
  return { expected, available: machine.memory.available + held };
}

/** What one service takes with all its containers: as it was seen, else as its Compose file reserves, else as its kind usually does; never more than its limit. */
export function expectedOf(service: string, environment: Environment, seen: Remembered['memory']): number {
  const definition = environment.project.services[service];
  if (!definition) return 0;
  const { limit, reserved } = memoryOf(definition.resolved);
  return Math.min(seen[service] ?? reserved ?? USUAL[definition.kind], limit ?? Infinity) * replicasOf(environment, service);
}

/** Compose resolves sizes to bytes, as texts. */
function memoryOf(resolved: ResolvedService): { readonly limit: number | undefined; readonly reserved: number | undefined } {
  const { resources } = (resolved.deploy ?? {}) as { readonly resources?: { readonly limits?: { readonly memory?: unknown }; readonly reservations?: { readonly memory?: unknown } } };
  const bytes = (value: unknown) => (Number(value) > 0 ? Number(value) : undefined);
  return { limit: bytes(resources?.limits?.memory) ?? bytes(resolved['mem_limit']), reserved: bytes(resources?.reservations?.memory) ?? bytes(resolved['mem_reservation']) };
}

/** Looks at services whose use of memory was never seen. It is a guess for the next time: where it cannot be had, nothing is lost. */
export async function lookAtMemory({ desired, remembered }: Situation, { engine, store, signal }: { readonly engine: ContainerEngine; readonly store: StateStore } & Pick<Work, 'signal'>): Promise<void> {
  const { project, set } = desired.environment;
  const isNew = (service: string) => !(service in remembered.memory);
  if (!set.services.some(isNew)) return;
  try {
    const containers = await engine.listContainers(environmentLabels(project.directory, set.name), signal);
    const fresh = containers.filter((container) => container.state === 'running' && isOfService(container) && isNew(serviceOf(container)));
    const readings = await engine.stats(fresh.map(({ id }) => id), signal);
    const peaks = new Map(readings.map(({ container, memory }) => [serviceOf(fresh.find(({ id }) => id === container)), memory]));
    await rememberPeaks(set.composeProject, project.directory, peaks, store);
  } catch {
    signal.throwIfAborted();
  }
}

/** Writes down, by service, what is notably more than was seen before. */
export async function rememberPeaks(composeProject: string, directory: string, peaks: ReadonlyMap<string, number>, store: StateStore): Promise<void> {
  const { memory } = await store.readRemembered(composeProject, directory);
  const higher = [...peaks].filter(([service, used]) => used > (memory[service] ?? 0) * 1.1);
  if (higher.length > 0) await store.remember(composeProject, directory, { memory: { ...memory, ...Object.fromEntries(higher) } });
}

function serviceOf(container: ContainerSummary | undefined): string {
  return container?.labels[LABELS.service] ?? '';
}
