import { BacklotError } from '#contract/errors.ts';
import { chooseChecks, type Check } from '#features/stack/choose-checks.ts';
import { waitUntilReady } from '#features/stack/readiness.ts';
import { getsWrittenFiles } from '#features/stack/relations.ts';
import { addressOf } from '#features/stack/start-services.ts';
import type { ContainerDetails } from '#ports/container-engine.ts';
import { namesIn, pairFilters, pairName, slotModel, type Existing, type Slot } from './pair-model.ts';
import { bySlot, notReady, readReleased, READY, type PairServers, type PairTask, type Released, type Server, type ServerPlan, type Servers } from './pair-servers.ts';

type Planned = Released & { readonly existing: Existing; readonly plan: ServerPlan };

/** Two containers of one engine, which Compose makes. */
export class EngineServers implements PairServers {
  private readonly task: PairTask;
  private planned: Promise<Planned> | undefined;
  /** How new servers are started that Compose writes files into. */
  private readonly starts = new Map<string, () => Promise<void>>();

  constructor(task: PairTask) {
    this.task = task;
  }

  async assertPlace(): Promise<void> {
    // Any engine will do.
  }

  async find(): Promise<Servers> {
    const { ports, order, work } = this.task;
    const listed = await ports.engine.listContainers(pairFilters(order), work.signal);
    return bySlot(listed.map(({ id, labels: own, state }) => ({ id, labels: own, isRunning: state === 'running' })));
  }

  async plan(): Promise<ServerPlan> {
    return (await this.whole()).plan;
  }

  async make(slot: Slot, there: Server | undefined): Promise<string> {
    const { settings, order, work, ports } = this.task;
    const { engine, compose, store } = ports;
    const { signal } = work;
    const { project: loaded, existing } = await this.whole();
    if (!(await engine.inspectImage(order.image, signal))) await engine.pullImage(order.image, () => {}, signal);
    if (there) await engine.removeContainer(there.id, signal);
    const { model } = slotModel(loaded, { settings, order, slot, existing });
    const project = pairName(order);
    const written = { project, directory: order.directory, file: await store.writeModel(project, order.directory, JSON.stringify(model)) };
    await compose.create(written, [slot], signal);
    const [made] = await engine.listContainers([`com.docker.compose.project=${project}`, `com.docker.compose.service=${slot}`], signal);
    if (made && getsWrittenFiles(model.services[slot] ?? {}, model)) this.starts.set(made.id, () => compose.startAsCompose(written, [slot], signal));
    if (made) return made.id;
    throw new BacklotError('compose-failed', `Compose did not make the container of ${slot}`, { fix: 'Run it again with --verbose.' });
  }

  /** Until it is ready by its own health check, and listens on its port. */
  async start(id: string, onWhy: (why: string) => void): Promise<void> {
    const { settings, ports, work } = this.task;
    const { service } = await this.whole();
    await (this.starts.get(id)?.() ?? ports.engine.startContainer(id, work.signal));
    const checks = (container: ContainerDetails): Check[] => [...chooseChecks(service, container, { awaitedCompletion: false, exposed: [] }).filter(({ kind }) => kind === 'command'), { kind: 'server', server: 'http', port: settings.port }];
    const ready = await waitUntilReady({ containerId: id, checks, addressOf: (container, port) => addressOf(container, port, ports.engine.reachesContainers), deadline: performance.now() + READY, onWhy }, ports, work.signal);
    if (ready.state === 'ready') return;
    throw notReady(this.task, ready.state === 'failed' ? ready.why : 'it ended', { fix: `See its log: docker logs ${id.slice(0, 12)}` });
  }

  async stop(id: string, { neverServed }: { readonly neverServed: boolean }, signal: AbortSignal): Promise<void> {
    await this.task.ports.engine.stopContainer(id, neverServed ? 1 : undefined, signal);
  }

  async addresses({ id }: Server): Promise<readonly (readonly string[])[]> {
    const container = await this.task.ports.engine.inspectContainer(id, this.task.work.signal);
    return container?.state === 'running' ? [container.networks.map(({ address }) => address)] : [];
  }

  private whole(): Promise<Planned> {
    this.planned ??= this.look();
    return this.planned;
  }

  private async look(): Promise<Planned> {
    const { settings, order, work, ports } = this.task;
    const { project, service } = await readReleased(this.task);
    const [networks, volumes] = await Promise.all([ports.engine.listSubnets(work.signal), Promise.all(namesIn(project.model.volumes).map(async (name) => ((await ports.engine.inspectVolume(name, work.signal)) ? [name] : [])))]);
    const existing = { networks: new Set(networks.map(({ name }) => name)), volumes: new Set(volumes.flat()) };
    const own = Object.entries(project.model.networks ?? {}).filter(([name]) => Object.hasOwn(service.resolved.networks ?? {}, name));
    const { spec } = slotModel(project, { settings, order, slot: 'blue', existing });
    return { service, project, existing, plan: { spec, networks: namesIn(Object.fromEntries(own)), replicas: 1 } };
  }
}
