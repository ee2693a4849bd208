import { BacklotError } from '#contract/errors.ts';
import { chooseChecks, type Check } from '#features/stack/choose-checks.ts';
import { waitUntilReady } from '#features/stack/readiness.ts';
import { addressOf } from '#features/stack/start-services.ts';
import type { Project, Service } from '#features/project/project.ts';
import type { ContainerDetails, ContainerSummary } from '#ports/container-engine.ts';
import type { DeployOrder, DeployWork, PairSettings } from '#ports/deployer.ts';
import type { PairPlace, PairPorts } from './pair-deployer.ts';
import { namesIn, pairName, slotModel, type Existing, type Slot } from './pair-model.ts';

/** How long a version may take until it is ready. */
const READY = 120_000;

export type SlotTask = { readonly settings: PairSettings; readonly order: DeployOrder; readonly work: DeployWork; readonly ports: PairPorts & PairPlace };

/** What a server of this release is made from, and the service's own networks by their real names. */
export type SlotPlan = { readonly service: Service; readonly project: Project; readonly existing: Existing; readonly spec: string; readonly networks: readonly string[] };

export async function planSlot({ settings, order, work, ports }: SlotTask): Promise<SlotPlan> {
  const project = await ports.loadProject(order.directory, work.signal);
  const service = Object.hasOwn(project.services, settings.service) ? project.services[settings.service] : undefined;
  if (!service) throw new BacklotError('config-invalid', `There is no service ${settings.service} in the Compose files, which deploy.pair names`, { where: { file: project.file }, fix: `The services are: ${Object.keys(project.services).join(', ')}.` });
  if (service.resolved.network_mode !== undefined) throw new BacklotError('config-invalid', `The service ${settings.service} has network_mode: two versions of it cannot stand beside each other`, { fix: 'Let it have networks of its own.' });
  const [networks, volumes] = await Promise.all([ports.engine.listSubnets(work.signal), Promise.all(namesIn(project.model.volumes).map(async (name) => ((await ports.engine.inspectVolume(name, work.signal)) ? [name] : [])))]);
  const existing = { networks: new Set(networks.map(({ name }) => name)), volumes: new Set(volumes.flat()) };
  const own = Object.entries(project.model.networks ?? {}).filter(([name]) => Object.hasOwn(service.resolved.networks ?? {}, name));
  const { spec } = slotModel(project, { settings, order, slot: 'blue', existing });
  return { service, project, existing, spec, networks: namesIn(Object.fromEntries(own)) };
}

/** Makes the container of a server anew, with the image of its digest, and answers its id. Nothing of it runs yet. */
export async function makeSlot(slot: Slot, there: ContainerSummary | undefined, plan: SlotPlan, { settings, order, work, ports }: SlotTask): Promise<string> {
  const { engine, compose, store } = ports;
  const { signal } = work;
  if (!(await engine.inspectImage(order.image, signal))) await engine.pullImage(order.image, () => {}, signal);
  if (there) await engine.removeContainer(there.id, signal);
  const { model } = slotModel(plan.project, { settings, order, slot, existing: plan.existing });
  const project = pairName(order);
  const file = await store.writeModel(project, order.directory, JSON.stringify(model));
  await compose.create({ project, directory: order.directory, file }, [slot], signal);
  const [made] = await engine.listContainers([`com.docker.compose.project=${project}`, `com.docker.compose.service=${slot}`], signal);
  if (made) return made.id;
  throw new BacklotError('compose-failed', `Compose did not make the container of ${slot}`, { fix: 'Run it again with --verbose.' });
}

/** Until a version is ready by its own health check, and listens on its port. */
export async function waitForSlot(id: string, onWhy: (why: string) => void, { service }: Pick<SlotPlan, 'service'>, { settings, ports, work }: SlotTask): Promise<void> {
  const checks = (container: ContainerDetails): Check[] => [...chooseChecks(service, container, { awaitedCompletion: false, exposed: [] }).filter(({ kind }) => kind === 'command'), { kind: 'server', server: 'http', port: settings.port }];
  const ready = await waitUntilReady({ containerId: id, checks, addressOf: (container, port) => addressOf(container, port, ports.engine.reachesContainers), deadline: performance.now() + READY, onWhy }, ports, work.signal);
  if (ready.state === 'ready') return;
  const why = ready.state === 'failed' ? ready.why : 'it ended';
  throw new BacklotError('deploy-failed', `The new version of ${settings.service} does not get ready: ${work.redact(why)}`, { fix: `See its log: docker logs ${id.slice(0, 12)}` });
}
