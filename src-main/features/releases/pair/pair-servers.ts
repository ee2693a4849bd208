import { BacklotError } from '#contract/errors.ts';
import type { Project, Service } from '#features/project/project.ts';
import { LABELS } from '#ports/container-engine.ts';
import type { DeployOrder, DeployWork, PairSettings } from '#ports/deployer.ts';
import type { PairPlace, PairPorts } from './pair-deployer.ts';
import { SLOTS, type Slot } from './pair-model.ts';

export type PairTask = { readonly settings: PairSettings; readonly order: DeployOrder; readonly work: DeployWork; readonly ports: PairPorts & PairPlace };

/** How long a version may take until it is ready. */
export const READY = 120_000;

export type Server = { readonly id: string; readonly labels: Readonly<Record<string, string>>; readonly isRunning: boolean };
export type Servers = Partial<Record<Slot, Server>>;

/** What the servers of this release are made from, the service's own networks that the balancer is on too, and how many replicas each has. */
export type ServerPlan = { readonly spec: string; readonly networks: readonly string[]; readonly replicas: number };

/** The two servers of a pair, wherever they run. */
export interface PairServers {
  /** Fails where this cannot be the place of a pair, before anything is changed. */
  assertPlace(): Promise<void>;
  find(): Promise<Servers>;
  plan(): Promise<ServerPlan>;
  /** Makes a server anew with the image of its digest, in the place of the one that is there, and answers its id. */
  make(slot: Slot, there: Server | undefined): Promise<string>;
  /** Lets it run, and ends when all of it is ready by its own health check. */
  start(id: string, onWhy: (why: string) => void): Promise<void>;
  /** Ends what runs of it; it stays to be started again. */
  stop(id: string, options: { readonly neverServed: boolean }, signal: AbortSignal): Promise<void>;
  /** Each replica that runs, with its addresses. */
  addresses(server: Server): Promise<readonly (readonly string[])[]>;
}

/** The first that there is of each. Pure. */
export function bySlot<Found extends { readonly labels: Readonly<Record<string, string>> }>(found: readonly Found[]): Partial<Record<Slot, Found>> {
  return Object.fromEntries(SLOTS.flatMap((slot) => found.filter(({ labels }) => labels[LABELS.slot] === slot).slice(0, 1).map((one) => [slot, one])));
}

export type Released = { readonly project: Project; readonly service: Service };

/** The service that is released, as its Compose files have it. */
export async function readReleased({ settings, order, work, ports }: PairTask): Promise<Released> {
  const project = await ports.loadProject(order, work.signal);
  const service = Object.hasOwn(project.services, settings.service) ? project.services[settings.service] : undefined;
  if (!service) throw new BacklotError('config-invalid', `There is no service ${settings.service} in the Compose files, which deploy.pair names`, { where: { file: project.file }, fix: `The services are: ${Object.keys(project.services).join(', ')}.` });
  if (service.resolved.network_mode === undefined) return { project, service };
  throw new BacklotError('config-invalid', `The service ${settings.service} has network_mode: two versions of it cannot stand beside each other`, { fix: 'Let it have networks of its own.' });
}

/** What is said of a version that does not come up. */
export function notReady({ settings, work }: Pick<PairTask, 'settings' | 'work'>, why: string, { fix, cause }: { readonly fix: string; readonly cause?: string }): BacklotError {
  return new BacklotError('deploy-failed', `The new version of ${settings.service} does not get ready: ${work.redact(why)}`, { fix, ...(cause !== undefined && cause !== '' && { cause: work.redact(cause) }) });
}
