import type { Work } from '#core/work.ts';
import { parseSubnet, type Subnet } from '#features/names/cidr.ts';
import { decideNetworks, type PlannedNetwork } from '#features/stack/decide-networks.ts';
import { labelsOfEnvironment } from '#features/stack/generate-model.ts';
import { answeringCommand, GUARD_IMAGE, GUARD_MEMORY, GUARD_ROLE, GUARD_USER } from '#features/stack/guard.ts';
import { isAddressClash, MOST_REFUSALS } from '#features/stack/make-environment.ts';
import { startGuard } from '#features/stack/start-guard.ts';
import { LABELS } from '#ports/container-engine.ts';
import { RUN_NETWORK } from './run-service.ts';
import { justMade, stageContainer, type StageInImage } from './stage-container.ts';
import { STAGE_SERVICE, type StageEnvironment } from './stage-environment.ts';
import { ownerOf, removeScene, type Scene, type ScenePorts } from './stage-scene.ts';

type Task = ScenePorts & Work;
/** Whether a stage has nothing beside itself and its network: then the engine is asked for both, side by side, and Compose need not be. Pure. */
export function isLone({ environment }: StageEnvironment): boolean {
  const { set, project } = environment;
  return set.services.length === 1 && project.services[STAGE_SERVICE]?.resolved.network_mode === undefined;
}

/** Makes the network, the guard and the container of a stage without services. Answers nothing where the guard has no image yet, which Compose builds. */
export async function makeLoneScene(stage: StageInImage, task: Task): Promise<Scene | undefined> {
  const { project } = stage.environment;
  if (project.guard !== 'off' && !(await task.engine.inspectImage(GUARD_IMAGE, task.signal))) return undefined;
  const refused: Subnet[] = [];
  for (;;) {
    const network = await decideNetwork(stage, refused, task);
    try {
      return await make(stage, network, task);
    } catch (error) {
      const subnet = parseSubnet(network.subnet ?? '');
      if (!isAddressClash(error) || !subnet || refused.length >= MOST_REFUSALS) throw error;
      refused.push(subnet);
      await removeScene(ownerOf(stage.environment), { store: task.store }, task);
    }
  }
}

async function decideNetwork({ environment }: StageInImage, refused: readonly Subnet[], { engine, machine, networking, signal }: Task): Promise<PlannedNetwork> {
  const [networks, routes] = await Promise.all([engine.listSubnets(signal), engine.reachesContainers ? machine.routes() : []]);
  const [planned] = decideNetworks(environment, { networks, routes, ranges: networking.ranges(), refused }).networks;
  return planned ?? { key: RUN_NETWORK, internal: false };
}

/** The engine looks for the network of a container when that is started, so that all can be made at once. */
async function make(stage: StageInImage, network: PlannedNetwork, task: Task): Promise<Scene> {
  const { environment } = stage;
  const { engine, signal } = task;
  const { composeProject } = environment.set;
  const labels = labelsOfEnvironment(environment);
  const name = `${composeProject}_${RUN_NETWORK}`;
  const { subnet, guard } = network;
  const making = [
    engine.createNetwork({ name, labels: { ...labels, ...(subnet !== undefined && { [LABELS.subnet]: subnet }) }, ...(subnet !== undefined && { subnet }) }, signal),
    engine.createStage(stageContainer(stage, { network: name, resolver: guard }), signal),
    ...(guard === undefined
      ? []
      : [
          engine.createContainer(
            { name: `${composeProject}-backlot-names-1`, image: GUARD_IMAGE, command: answeringCommand(environment.project, subnet === undefined ? [] : [subnet]), user: GUARD_USER, memory: GUARD_MEMORY, labels: { ...labels, [LABELS.role]: GUARD_ROLE.names }, networks: [{ name, aliases: [], address: guard }] },
            signal,
          ),
        ]),
  ];
  // What was begun is waited for: it could not be found and removed otherwise.
  const settled = await Promise.allSettled(making);
  const failed = settled.find((one) => one.status === 'rejected');
  if (failed) throw failed.reason;
  const [networkId = '', stageId = '', guardId] = settled.map((one) => (one.status === 'fulfilled' ? one.value : ''));
  const containers = [justMade(stageId, { ...labels, [LABELS.service]: STAGE_SERVICE }), ...(guardId === undefined ? [] : [justMade(guardId, { ...labels, [LABELS.role]: GUARD_ROLE.names })])];
  return {
    environment,
    containers,
    stage: stageId,
    async start() {
      await startGuard(guardId === undefined ? [] : [{ part: GUARD_ROLE.names, role: GUARD_ROLE.names, action: 'create', containers: [] }], containers, task);
      return undefined;
    },
    async remove() {
      const patient = AbortSignal.timeout(60_000);
      const removed = Promise.all(containers.map(({ id }) => engine.removeContainer(id, patient, { withData: true })));
      // A stage that has ended is on its network no more; a guard runs on.
      if (guardId !== undefined) await removed;
      await Promise.all([removed, engine.removeNetwork(networkId, patient)]);
    },
  };
}
