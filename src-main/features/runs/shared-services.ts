import type { Work } from '#core/work.ts';
import type { Environment } from '#features/stack/environment.ts';
import { labelsOfEnvironment } from '#features/stack/generate-model.ts';
import type { PrepareData } from '#features/stack/up.ts';
import { LABELS } from '#ports/container-engine.ts';
import { decideShares } from './decide-shares.ts';
import type { PlannedStage } from './plan-run.ts';
import { RUN_NETWORK } from './run-service.ts';
import { sharedEnvironment } from './shared-environment.ts';
import { justMade, stageContainer, type StageInImage } from './stage-container.ts';
import { STAGE_SERVICE } from './stage-environment.ts';
import { getReadyScene, makeContainers, ownerOf, removeScene, startScene, tellLeft, type Made, type Scene, type ScenePorts } from './stage-scene.ts';
import { tellingOf } from './stage-telling.ts';
import { StageAddresses } from './stage-addresses.ts';

export type SharingPorts = ScenePorts & { readonly prepareData?: PrepareData };

type News = Parameters<Work['tell']>[0];
type Stage = StageInImage & { readonly name: string; readonly fixture: string | undefined };

/** Services that several stages of a run talk to: made by the first that comes, removed when the last has left. */
export class SharedServices {
  private readonly stages: readonly string[];
  private readonly outside: Work;
  private readonly task: SharingPorts & Work;
  private environment: Environment | undefined;
  private making: Promise<Made> | undefined;
  private starting: Promise<string | undefined> | undefined;
  private atFirst: ReadonlyMap<string, string> = new Map();
  private readonly awaited: Set<string>;
  /** Those that are told what the services do, and the last that was told of each service. */
  private readonly present = new Set<string>();
  private readonly told = new Map<string, News>();
  private readonly addresses = new StageAddresses();

  constructor(stages: readonly string[], task: SharingPorts & Work) {
    this.stages = stages;
    this.awaited = new Set(stages);
    this.outside = task;
    this.task = { ...task, tell: (news) => this.tellAll(news) };
  }

  /** Puts a stage beside the services. Answers nothing where they are not any more as they were: it needs services of its own then. */
  async join(stage: Stage): Promise<Scene | undefined> {
    this.present.add(stage.name);
    for (const news of this.told.values()) tellingOf(stage.name, this.outside)(news);
    this.making ??= this.make(stage);
    const made = await this.making;
    const isUp = this.starting !== undefined && (await this.starting) === undefined;
    const changed = isUp ? await this.changed(made) : [];
    if (changed.length > 0) {
      this.present.delete(stage.name);
      this.task.tell({ type: 'message', level: 'warning', text: `${stage.name} gets services of its own: of those that it was to share, ${changed.join(', ')} did not run on` });
      return undefined;
    }
    return this.sceneOf(stage, made, isUp ? await this.lastTimes(made.containers) : new Map());
  }

  /** Said by each of the stages when it is over, whether it came or not. With the last the services go. */
  async leave(stage: string): Promise<void> {
    this.present.delete(stage);
    if (this.awaited.delete(stage) && this.awaited.size === 0) await this.remove();
  }

  /** What is there of them goes, whoever has not left. */
  async end(): Promise<void> {
    for (const stage of [...this.awaited]) await this.leave(stage);
  }

  private async make(stage: Stage): Promise<Made> {
    this.environment = sharedEnvironment(stage, this.stages);
    return makeContainers(await getReadyScene(this.environment, stage.fixture, this.task), this.task);
  }

  private async start(made: Made, timeout: number): Promise<string | undefined> {
    const unready = await startScene(made, timeout, this.task);
    this.atFirst = await this.courses(made);
    return unready;
  }

  /** Services that were ended or started again since all were ready. */
  private async changed(made: Made): Promise<string[]> {
    const now = await this.courses(made);
    return made.containers.flatMap(({ id, labels }) => (now.get(id) === this.atFirst.get(id) ? [] : [labels[LABELS.service] ?? 'the guard']));
  }

  /** What each container has been through. */
  private async courses({ containers }: Made): Promise<Map<string, string>> {
    const { engine, signal } = this.task;
    return new Map(await Promise.all(containers.map(async ({ id }) => [id, await engine.inspectContainer(id, signal).then((one) => `${one?.state} ${one?.startedAt}`)] as const)));
  }

  private async sceneOf(stage: Stage, made: Made, since: ReadonlyMap<string, string>): Promise<Scene> {
    const { engine, signal } = this.task;
    const { desired } = made.situation;
    const guard = desired.networks.networks.find(({ key }) => key === RUN_NETWORK)?.guard;
    const id = await engine.createStage(stageContainer(stage, { network: `${desired.environment.set.composeProject}_${RUN_NETWORK}`, resolver: guard }), signal);
    return {
      environment: stage.environment,
      containers: [...made.containers, justMade(id, { ...labelsOfEnvironment(stage.environment), [LABELS.service]: STAGE_SERVICE })],
      stage: id,
      start: (timeout) => (this.starting ??= this.start(made, timeout)),
      remove: () => engine.removeContainer(id, AbortSignal.timeout(60_000), { withData: true }),
      shared: {
        with: this.stages.filter((name) => name !== stage.name),
        since: (container) => since.get(container),
        joined: async () => {
          const [network] = (await engine.inspectContainer(id, signal))?.networks ?? [];
          this.addresses.join(stage.name, network?.address ?? '');
        },
        left: (time) => this.addresses.leave(stage.name, time),
        isOthers: (address, time) => this.addresses.isOthers(stage.name, address, time),
      },
    };
  }

  /** By the engine's own clock, which may be another machine's. */
  private async lastTimes(containers: Made['containers']): Promise<Map<string, string>> {
    const times = new Map<string, string>();
    const read = async (id: string) => {
      for await (const chunks of this.task.engine.logs(id, { follow: false, tail: 1 }, this.task.signal)) for (const { time } of chunks) times.set(id, time);
    };
    await Promise.all(containers.map(({ id }) => read(id)));
    return times;
  }

  private async remove(): Promise<void> {
    const { environment, making, task } = this;
    await making?.catch(() => {});
    if (!environment) return;
    const { set, project } = environment;
    await removeScene(ownerOf(environment), { store: task.store, composeProject: set.composeProject, directory: project.directory }, task).catch(tellLeft(`${this.stages.join(' and ')} shared`, task));
  }

  private tellAll(news: News): void {
    if (news.type !== 'service') return this.outside.tell(news);
    this.told.set(news.service, news);
    for (const stage of this.present) tellingOf(stage, this.outside)(news);
  }
}

/** What the stages of a run have together. */
export class Shares {
  private readonly shares: ReadonlyMap<string, SharedServices>;

  constructor(stages: readonly Pick<PlannedStage, 'name' | 'file'>[], task: SharingPorts & Work) {
    const groups = decideShares(stages);
    this.shares = new Map([...new Set(groups.values())].flatMap((group) => {
      const share = new SharedServices(group, task);
      return group.map((name) => [name, share] as const);
    }));
  }

  of(stage: string): SharedServices | undefined {
    return this.shares.get(stage);
  }

  /** Removes what nobody has removed. */
  async end(): Promise<void> {
    await Promise.all([...new Set(this.shares.values())].map((share) => share.end()));
  }
}
