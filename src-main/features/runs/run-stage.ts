import { setTimeout as pause } from 'node:timers/promises';
import { toFailure } from '#contract/errors.ts';
import type { ServiceEvent, StageInputs, StageResult, TestCounts, TestResult } from '#contract/runs.ts';
import type { Work } from '#core/work.ts';
import { parseDuration } from '#features/stack/choose-checks.ts';
import type { Environment } from '#features/stack/environment.ts';
import type { PrepareData } from '#features/stack/up.ts';
import { LABELS, type ContainerDetails } from '#ports/container-engine.ts';
import type { EngineRelay, EngineRelays } from '#ports/engine-relay.ts';
import type { RunLog, RunStore } from '#ports/run-store.ts';
import { fixForBrowser } from './browser.ts';
import { browserIn, keepBrowser, takePictures } from './browser-pictures.ts';
import { collect, type Collected } from './collect.ts';
import { markFlaky } from './flaky.ts';
import { openHeldStage } from './held-stage.ts';
import { isLone, makeLoneScene } from './lone-scene.ts';
import { judge, type Verdict } from './judge.ts';
import { keepLog } from './keep-log.ts';
import { countTests, OutputReader } from './results/output-reader.ts';
import { passedBefore } from './passed-before.ts';
import { watchServices } from './service-events.ts';
import { STAGE_SERVICE, stageEnvironment, type StageEnvironment } from './stage-environment.ts';
import { serviceImages, type ServiceImages } from './stage-images.ts';
import { inputsOfStage } from './stage-inputs.ts';
import type { StageOrder, StageOutcome } from './stage-order.ts';
import { keepOutcome, stageResult } from './stage-result.ts';
import { StageTelling, tellingOf } from './stage-telling.ts';
import { endedWithin } from './test-times.ts';
import { explainUnseen, openSuiteEngine } from './suite-engine.ts';
import { getReadyScene, getSceneImages, loggedContainers, makeScene, missesIn, ownerOf, removeScene, tellLeft, whatFell, type Scene, type ScenePorts } from './stage-scene.ts';

export type StagePorts = ScenePorts & {
  readonly relays: EngineRelays;
  readonly runs: RunStore;
  readonly version: string;
  /** Puts a copy of a fixture into the place of a stage's data services. */
  readonly prepareData?: PrepareData;
};

const DEFAULT_TIMEOUT = 3_600_000;
const READY_TIMEOUT = 300;
const COLLECT_TIMEOUT = 120_000;
/** For what is on its way of logs that go on without the stage. */
const LAST_LINES = 200;
/** Who speaks in the log of a stage where it is the stage itself. */
const STAGE_LOG = 'stage';
const MOST_TOLD = 5_000;

/** Runs one stage in an environment of its own, which goes afterwards in every outcome. Rejects for nobody's fault but ours. */
export async function runStage(order: StageOrder, task: StagePorts & Work): Promise<StageOutcome> {
  const stageTask = { ...task, tell: tellingOf(order.planned.name, task) };
  return new StageRun(order, stageTask).carryOut();
}

const isService = ({ labels }: Scene['containers'][number]) => labels[LABELS.service] !== undefined && labels[LABELS.service] !== STAGE_SERVICE;

type Reached = { readonly ended: ContainerDetails | undefined; readonly collected: Collected; readonly counts: TestCounts; readonly tests: readonly TestResult[] };
const NOTHING: Collected = { tests: [], reports: 0, artifacts: 0, problems: [] };

class StageRun {
  private readonly order: StageOrder;
  private readonly task: StagePorts & Work;
  private readonly began = performance.now();
  private readonly started = new Date().toISOString();
  private readonly output: OutputReader;
  private readonly problems: string[] = [];
  private readonly engineSocket: string | undefined;
  private relay: EngineRelay | undefined;
  private timedOut = false;
  private isHeld = false;
  private readonly telling: StageTelling;
  private inputs: StageInputs | undefined;
  private befallen: readonly ServiceEvent[] = [];
  private sharedWith: readonly string[] = [];
  private storing: Promise<unknown> = Promise.resolve();

  constructor(order: StageOrder, task: StagePorts & Work) {
    this.order = order;
    this.engineSocket = order.planned.file.engine === true ? task.relays.socketOf(order.run, order.planned.name) : undefined;
    this.task = task;
    this.telling = new StageTelling(order.run, order.planned.name, task);
    this.output = new OutputReader((test) => this.telling.test(test));
  }

  async carryOut(): Promise<StageOutcome> {
    const outcome = await this.outcome();
    const removed = Promise.all([outcome.removed, this.storing]).then(() => {});
    removed.catch(() => {});
    return { ...outcome, removed };
  }

  private async outcome(): Promise<StageOutcome> {
    this.telling.state('preparing');
    try {
      const known = await serviceImages(this.order, this.task.engine, this.task.signal);
      const made = this.environment(known);
      const before = await passedBefore(this.order, this.inputs, this.task.runs);
      if (before) return await this.reuse(before);
      for (const text of made.warnings) this.task.tell({ type: 'message', level: 'warning', text: `${this.order.planned.name}: ${text}` });
      return await this.withScene(made.environment, () => this.make(made, known.isComplete));
    } catch (error) {
      return this.endBy(error);
    }
  }

  private endBy(error: unknown): Promise<StageOutcome> {
    if (this.task.signal.aborted) return this.finish({ state: 'cancelled' }, [], undefined);
    const failure = toFailure(explainUnseen(error, this.engineSocket));
    const fix = fixForBrowser(this.order.planned.file, failure);
    return this.finish({ state: 'failed', why: fix === undefined ? failure.message : `${failure.message}. ${fix}` }, [], undefined);
  }

  private environment({ exposed, digests }: ServiceImages): StageEnvironment {
    const made = stageEnvironment(this.order.project, this.wish(exposed));
    const engine = this.task.engine.state.engine?.version;
    this.inputs = inputsOfStage(made, this.order, { services: digests, backlot: this.task.version, ...(engine !== undefined && { engine }) });
    return made;
  }

  private async make(made: StageEnvironment, isComplete: boolean): Promise<Scene> {
    const { image, planned, share } = this.order;
    const { directory, fixture } = planned.file;
    const { task } = this;
    if (this.engineSocket !== undefined) this.relay = await openSuiteEngine(this.engineSocket, made.environment, task.relays);
    const stage = { ...(isComplete ? made : await this.withImages(made)), image: image.name, directory };
    const quick = share ? await share.join({ ...stage, name: planned.name, fixture }) : isLone(stage) && (await makeLoneScene(stage, task));
    return quick || makeScene(await getReadyScene(stage.environment, fixture, task), task);
  }

  /** Has the images of an environment; what new ones listen on is known only then. */
  private async withImages({ environment }: StageEnvironment): Promise<StageEnvironment> {
    await getSceneImages(environment, this.task);
    return this.environment(await serviceImages(this.order, this.task.engine, this.task.signal));
  }

  private wish(exposed: Readonly<Record<string, readonly string[]>>) {
    const { run, planned, revision, image, app } = this.order;
    return { run, stage: planned.name, file: planned.file, revision, image: image.name, app: app && { image: app.name, services: app.services }, exposed, recipe: this.task.networking.recipe, engineSocket: this.engineSocket, isElsewhere: !this.task.engine.reachesContainers };
  }

  private async withScene(environment: Environment, make: () => Promise<Scene>): Promise<StageOutcome> {
    const log = await this.task.runs.openLog(this.order.run, this.order.planned.name);
    const followers: Promise<unknown>[] = [];
    const scope = new AbortController();
    let scene: Scene | undefined;
    const remove = async () => {
      await this.remove(environment, scene);
      // With its container a log ends by itself; one that does not is left.
      await Promise.race([Promise.all(followers), pause(scene?.shared ? LAST_LINES : 2_000, undefined, { ref: false })]);
      scope.abort();
      await log.close();
    };
    try {
      scene = await make();
      this.sharedWith = scene.shared?.with ?? [];
      // A stage without services has nobody to watch.
      if (scene.containers.some(isService)) this.befallen = watchServices(scene.containers, this.task.engine, scope.signal);
      for (const one of loggedContainers(scene.containers)) followers.push(keepLog(one, { engine: this.task.engine, log, since: scene.shared?.since(one.id) }, scope.signal).catch(() => {}));
      const outcome = await this.run(scene, log);
      await this.hold(outcome, scene);
      return { ...outcome, removed: remove() };
    } catch (error) {
      // Told at once: an engine that went away is waited for with what is left there.
      const removed = remove();
      const outcome = await this.endBy(error).finally(() => removed.catch(() => {}));
      return { ...outcome, removed };
    }
  }

  /** What is left where the short way does not do is looked for by its labels. */
  private async remove(environment: Environment, scene: Scene | undefined): Promise<void> {
    await this.relay?.close();
    try {
      // What the suite made with the engine is found by its labels only.
      if (scene?.remove && !this.isHeld && !this.task.signal.aborted && !this.relay) return await scene.remove();
    } catch {
      // Told by the long way, where it fails too.
    }
    const { set, project } = environment;
    await removeScene(ownerOf(environment), { store: this.task.store, composeProject: set.composeProject, directory: project.directory }, this.task).catch(tellLeft(`was made for ${this.order.planned.name}`, this.task));
  }

  private async run(scene: Scene, log: RunLog): Promise<StageOutcome> {
    const { file } = this.order.planned;
    const timeout = parseDuration(file.timeout) ?? DEFAULT_TIMEOUT;
    const unready = await scene.start(Math.min(READY_TIMEOUT, timeout / 1000));
    if (unready !== undefined) return this.finish({ state: 'failed', why: `its services are not ready: ${unready}` }, [], undefined);
    const browser = file.browser && browserIn(scene.containers);
    if (browser) takePictures(browser, this.task.engine, this.task.signal);
    const ended = await this.runContainer(scene, log, timeout);
    this.telling.state('collecting');
    const reached = await this.gather(scene, ended);
    if (this.task.signal.aborted) return this.finish({ state: 'cancelled' }, reached.tests, reached);
    const verdict: Verdict = this.timedOut ? { state: 'failed', why: `it did not end within ${file.timeout ?? '1h'}` } : judge(file, ended, reached.counts);
    if (verdict.state === 'passed' && reached.counts.failures > 0) this.problems.push(`${reached.counts.failures} tests failed by its report, and its exit code says that it passed`);
    const [misses] = await Promise.all([this.misses(scene), browser && verdict.state === 'failed' && this.keepBrowser(browser.id)]);
    return this.finish(verdict, reached.tests, reached, misses);
  }

  /** Starts the stage's container and keeps what it prints until it ends. Cancelled or out of time, it is ended with all that it started. */
  private async runContainer({ stage, shared }: Scene, log: RunLog, timeout: number): Promise<ContainerDetails | undefined> {
    const { engine, signal } = this.task;
    const end = () => void engine.stopContainer(stage, 1, AbortSignal.timeout(30_000)).catch(() => {});
    const timer = setTimeout(() => {
      this.timedOut = true;
      end();
    }, timeout);
    try {
      await engine.startContainer(stage, signal);
      this.telling.state('running');
      await shared?.joined();
      const ended = await keepLog({ id: stage, service: STAGE_LOG }, { engine, log, onLine: ({ line, time }) => this.output.push(line, time) }, signal);
      if (ended) shared?.left(Date.parse(ended.finishedAt));
      return ended;
    } catch (error) {
      if (!signal.aborted) {
        const ended = await engine.inspectContainer(stage, signal);
        if (ended && ended.error !== '') return ended;
        throw error;
      }
      await engine.stopContainer(stage, 1, AbortSignal.timeout(30_000)).catch(() => {});
      return undefined;
    } finally {
      clearTimeout(timer);
    }
  }

  private async gather(scene: Scene, ended: ContainerDetails | undefined): Promise<Reached> {
    const { run, planned, image } = this.order;
    const signal = AbortSignal.timeout(COLLECT_TIMEOUT);
    const directory = planned.file.directory ?? image.facts.directory;
    const wanted = planned.file.junit !== undefined || planned.file.artifacts !== undefined;
    const [collected, fell] = await Promise.all([
      wanted ? collect({ run, stage: planned.name, container: scene.stage, directory, file: planned.file }, this.task, signal) : NOTHING,
      whatFell(scene, this.task.engine, signal).catch(() => []),
    ]);
    this.problems.push(...collected.problems, ...fell);
    const printed = this.output.end();
    const isReported = collected.tests.length > 0;
    return { ended, collected, counts: isReported ? countTests(collected.tests) : printed.counts, tests: isReported ? endedWithin(collected.tests, { from: Date.parse(this.started), to: Date.now() }) : printed.tests };
  }

  private async keepBrowser(browser: string): Promise<void> {
    this.problems.push(...(await keepBrowser({ run: this.order.run, stage: this.order.planned.name, browser }, this.task, AbortSignal.timeout(COLLECT_TIMEOUT))));
  }

  private async misses(scene: Scene): Promise<NonNullable<StageResult['misses']>> {
    const misses = await missesIn(scene, this.order.planned.name, this.task.engine, AbortSignal.timeout(10_000)).catch(() => []);
    for (const { name, caller } of misses) this.task.tell({ type: 'message', level: 'warning', text: `${caller} of ${this.order.planned.name} asked for ${name}, which nobody here has: it was blocked` });
    return misses;
  }

  private async finish(verdict: Verdict | { readonly state: 'cancelled'; readonly why?: string }, tests: readonly TestResult[], reached: Reached | undefined, misses?: StageResult['misses']): Promise<StageOutcome> {
    const { planned } = this.order;
    const { started, befallen: events, problems, sharedWith, inputs } = this;
    const facts = { name: planned.name, verdict, seconds: this.seconds(), started, tests, events, problems, sharedWith, inputs };
    const told = stageResult({ ...facts, counts: reached?.counts, exitCode: reached?.ended?.exitCode, output: this.output.last, misses });
    const { result, tests: marked } = await markFlaky({ result: told, tests }, this.task.runs);
    // Beside what follows: the stage is over when this is.
    this.storing = Promise.all([this.storing, keepOutcome({ result, tests: marked }, this.order.run, this.task.runs)]);
    this.storing.catch(() => {});
    if (reached?.collected.tests.length) for (const test of tests.slice(0, MOST_TOLD)) this.telling.test(test);
    for (const text of this.problems) this.task.tell({ type: 'message', level: 'warning', text: `${planned.name}: ${text}` });
    if (result.output) this.task.tell({ type: 'message', level: 'info', text: [`${planned.name} printed last:`, ...result.output.map((line) => `  ${line}`)].join('\n') });
    this.telling.end(result);
    return { result, tests: marked };
  }

  private async reuse({ run, result }: { readonly run: string; readonly result: StageResult }): Promise<StageOutcome> {
    const tests = await this.task.runs.readTests(run, result.name);
    const reused: StageResult = { ...result, seconds: this.seconds(), cached: true, cachedFrom: run };
    this.telling.end(reused, `passed in ${run} with the same inputs`);
    return { result: reused, tests };
  }

  private async hold(outcome: StageOutcome, scene: Scene): Promise<void> {
    const { result } = outcome;
    const { hold, run, onHold } = this.order;
    const { signal, runs } = this.task;
    if (hold === undefined || result.state !== 'failed') return;
    this.isHeld = true;
    await openHeldStage(scene, this.task);
    const until = Date.now() + hold * 1000;
    await onHold(new Date(until).toISOString(), outcome);
    this.telling.state('held', { until: new Date(until).toISOString(), why: `its environment stays up; backlot runs shell ${run} looks inside, backlot runs release ${run} lets it go` });
    while (!signal.aborted && Date.now() < until && !(await runs.isReleaseRequested(run))) await pause(250, undefined, { signal }).catch(() => {});
    await onHold(undefined);
    this.telling.end(result);
  }

  private seconds(): number {
    return Math.round(performance.now() - this.began) / 1000;
  }
}
