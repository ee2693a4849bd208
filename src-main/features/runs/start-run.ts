import { BacklotError, toFailure } from '#contract/errors.ts';
import type { RunResult, RunSummary, StageResult } from '#contract/runs.ts';
import { writeJUnit } from '#core/junit/write-junit.ts';
import type { Work } from '#core/work.ts';
import type { Project } from '#features/project/project.ts';
import type { StageFile } from '#features/project/schema/stage-schema.ts';
import type { Checkout } from '#ports/git.ts';
import { removeLost } from './abandoned.ts';
import type { BuildPorts } from './build-image.ts';
import { failedStages } from './failed-stages.ts';
import { isUnsafe, matcherOf } from './glob.ts';
import { mountedFiles } from './mounted-files.ts';
import { needsNoServices, planRun, type PlannedStage } from './plan-run.ts';
import { getRunImages, type RunImages } from './run-images.ts';
import { newRunId } from './run-id.ts';
import { RunNotices, type NoticePorts } from './run-notices.ts';
import { runStage, type StagePorts } from './run-stage.ts';
import type { StageOrder, StageOutcome } from './stage-order.ts';
import { Shares } from './shared-services.ts';
import { runByNeeds } from './run-by-needs.ts';
import { refuseEngineElsewhere } from './suite-engine.ts';
import { talksToTested } from './stage-images.ts';

export type RunPorts = BuildPorts &
  StagePorts &
  NoticePorts & {
    /** User and machine. */
    readonly who: string;
    /** The digest of a stored fixture of a project; one that is not there is refused. */
    readonly fixtureDigest: (project: string, fixture: string) => Promise<string>;
  };

export type RunInput = {
  readonly directory: string;
  readonly stages: readonly string[];
  readonly image?: string | undefined;
  readonly failed?: boolean | undefined;
  readonly fresh: boolean;
  readonly hold?: number | undefined;
  readonly junit?: string | undefined;
  readonly artifacts?: string | undefined;
};

/** Stages at a time on a small machine; a larger one has one for each core. */
const FEWEST_AT_ONCE = 4;

/** Runs stages with what they need. A stage that fails is a result; it makes the whole fail in the end. */
export async function startRun(given: RunInput, ports: RunPorts, work: Work): Promise<RunResult> {
  const input = given.failed === true ? { ...given, stages: await failedStages((await ports.files.realDirectory(given.directory)) ?? given.directory, given.stages, ports.runs) } : given;
  const task = { ...ports, ...work };
  const connecting = ports.engine.connect(work.signal);
  connecting.catch(() => {});
  const [project, revision] = await Promise.all([load(input, ports, work.signal), ports.git.checkout(input.directory, work.signal)]);
  const stages = planRun(project, input.stages);
  refuseEarly(stages, project);
  const fixtures = await fixturesOf(stages, project, ports);
  await connecting;
  refuseEngineElsewhere(stages, project, ports.engine);
  await removeLost(ports, work);
  const record = newRecord(project, { revision, planned: stages.map(({ name }) => name) }, task);
  return new Run({ input, project, revision, stages, fixtures, record }, task).carryOut();
}

const NEVER_RUN = { state: 'cancelled', why: 'the run ended before it', seconds: 0, tests: 0, failures: 0, skipped: 0, cached: false } as const;

/** Compose is asked only where a stage has something of its. */
async function load({ directory, stages }: RunInput, ports: RunPorts, signal: AbortSignal): Promise<Project> {
  const isEnough = ({ stages: declared = {} }: { readonly stages?: Readonly<Record<string, StageFile>> | undefined }) => needsNoServices(declared, stages);
  return (await ports.loadWithoutServices(directory, isEnough)) ?? ports.loadProject(directory, signal);
}

type Begun = { readonly input: RunInput; readonly project: Project; readonly revision: Checkout | undefined; readonly stages: readonly PlannedStage[]; /** Digests by name. */ readonly fixtures: ReadonlyMap<string, string>; readonly record: RunSummary };

class Run {
  private readonly begun: Begun;
  private readonly task: RunPorts & Work;
  private record: RunSummary;
  private readonly notices: RunNotices;
  private readonly shares: Shares;
  private writing: Promise<void> = Promise.resolve();
  /** Why it came to no end, such as an image that could not be built. */
  private broken: string | undefined;
  private readonly outcomes = new Map<string, StageOutcome>();
  /** Until when, by the stages that are held. */
  private readonly holds = new Map<string, string>();

  constructor(begun: Begun, task: RunPorts & Work) {
    this.begun = begun;
    this.task = task;
    this.record = begun.record;
    this.shares = new Shares(begun.stages, task);
    this.notices = new RunNotices({ ...begun, record: () => this.record }, task);
  }

  async carryOut(): Promise<RunResult> {
    const { input, project, revision, stages } = this.begun;
    // Nothing is made before the record is there.
    const begun = this.begin();
    try {
      const [images] = await Promise.all([getRunImages({ project, revision, stages, image: input.image }, this.task), begun]);
      this.record = { ...this.record, ...(images.built && { image: images.built.name, digest: images.built.facts.id }) };
      const limit = Math.max(FEWEST_AT_ONCE, this.task.engine.state.engine?.cpus ?? 0);
      await runByNeeds(stages, { limit, signal: this.task.signal, run: (stage) => this.runOne(stage, images), onSkip: (stage, need) => this.skip(stage, need) });
      await this.keepEvidence(images);
    } catch (error) {
      this.broken = toFailure(error).message;
      throw error;
    } finally {
      // A failure of it is the failure of the whole.
      await begun;
      await this.settle();
    }
    return this.conclude();
  }

  /** Waits until nothing is left of any stage, and stores how it ended. */
  private async settle(): Promise<void> {
    const settled = await Promise.allSettled([...[...this.outcomes.values()].map(({ removed }) => removed), this.writing]);
    await this.shares.end();
    await this.end();
    const rejected = settled.find((one) => one.status === 'rejected');
    if (rejected) throw rejected.reason;
  }

  private async begin(): Promise<void> {
    const { stages } = this.begun;
    await this.task.runs.begin(this.record);
    for (const { name, needs } of stages) this.task.tell({ type: 'stage', stage: name, run: this.record.run, state: 'waiting', ...(needs.length > 0 && { why: `waits for ${needs.join(', ')}` }) });
    this.notices.pending(stages.map(({ name }) => name));
  }

  private async runOne(planned: PlannedStage, images: RunImages): Promise<boolean> {
    const order: StageOrder = {
      run: this.record.run,
      project: this.begun.project,
      planned,
      revision: this.begun.revision?.name,
      image: images.of(planned),
      isBuilt: planned.file.image === undefined && this.begun.input.image === undefined,
      app: images.built && { ...images.built, services: images.services },
      fresh: this.begun.input.fresh,
      share: this.shares.of(planned.name),
      files: await this.inputFiles(planned),
      mounted: await mountedFiles({ project: this.begun.project, planned, isElsewhere: !this.task.engine.reachesContainers }, this.task),
      fixture: planned.file.fixture === undefined ? undefined : this.begun.fixtures.get(planned.file.fixture),
      hold: this.begun.input.hold,
      onHold: (until, known) => this.held(planned.name, until, known),
    };
    const outcome = await runStage(order, this.task);
    this.keep(planned.name, outcome);
    return outcome.result.state === 'passed';
  }

  private async inputFiles({ name, file }: PlannedStage): Promise<string | undefined> {
    if (file.inputs === undefined) return undefined;
    const patterns = file.inputs.map((pattern) => ({ pattern, matches: matcherOf(pattern), found: false }));
    const { digest } = await this.task.files.digestOf(this.begun.project.directory, (path) => {
      const own = patterns.filter(({ matches }) => matches(path));
      for (const one of own) one.found = true;
      return own.length > 0;
    });
    // A mistyped one would let changes of what it was meant for go unseen.
    const missing = patterns.filter(({ found }) => !found).map(({ pattern }) => pattern);
    if (missing.length > 0) this.task.tell({ type: 'message', level: 'warning', text: `${name}: no file is at ${missing.join(', ')}: its inputs are not known, so it is run` });
    return missing.length > 0 ? undefined : digest;
  }

  private async skip({ name }: PlannedStage, need: string): Promise<void> {
    const cancelled = this.task.signal.aborted;
    const why = cancelled ? 'cancelled before it began' : `needs ${need}, which did not pass`;
    const result: StageResult = { name, state: cancelled ? 'cancelled' : 'skipped', why, seconds: 0, tests: 0, failures: 0, skipped: 0, cached: false };
    this.task.tell({ type: 'stage', stage: name, run: this.record.run, state: result.state, why });
    this.keep(name, { result, tests: [] });
  }

  private keep(name: string, outcome: StageOutcome): void {
    const removed = (outcome.removed ?? Promise.resolve()).then(() => this.shares.of(name)?.leave(name));
    removed.catch(() => {});
    this.outcomes.set(name, { ...outcome, removed });
    this.notices.stage(outcome.result);
    this.record = { ...this.record, stages: this.results() };
    this.write().catch(() => {});
  }

  /** Beside what goes on, one after the other. */
  private write(): Promise<void> {
    const { record } = this;
    this.writing = this.writing.then(() => this.task.runs.write(record));
    return this.writing;
  }

  private results(): StageResult[] {
    return this.begun.stages.flatMap(({ name }) => this.outcomes.get(name)?.result ?? []);
  }

  /** How it failed is known while it is held. */
  private async held(stage: string, until: string | undefined, known: StageOutcome | undefined): Promise<void> {
    if (known) this.outcomes.set(stage, known);
    if (until === undefined) this.holds.delete(stage);
    else this.holds.set(stage, until);
    const { heldUntil: _over, ...rest } = this.record;
    const [last] = [...this.holds.values()].sort().reverse();
    this.record = last === undefined ? { ...rest, state: 'running' } : { ...rest, state: 'held', heldUntil: last, stages: this.results() };
    await this.write();
  }

  /** What passed on the tested image, where the stage ran in it or talked to it. What failed takes away that it passed before. */
  private async keepEvidence({ built, of }: RunImages): Promise<void> {
    if (!built) return;
    const { run } = this.record;
    const ended = this.begun.stages.flatMap((planned) => {
      const result = this.outcomes.get(planned.name)?.result;
      const isAboutIt = of(planned).facts.id === built.facts.id || talksToTested(this.begun.project, planned.file);
      return (result?.state === 'passed' || result?.state === 'failed') && isAboutIt ? [result] : [];
    });
    if (ended.length === 0) return;
    const evidence = ended.map((result) => ({ stage: result.name, run: result.cachedFrom ?? run, inputs: result.inputs?.hash ?? '', tests: result.tests, failures: result.failures, skipped: result.skipped, seconds: result.seconds, time: result.ended ?? new Date().toISOString(), where: this.task.who, ...(result.state === 'failed' && { passed: false }) }));
    // An image that was not built here is of the checkout's revision only where it says so itself.
    const name = built.facts.labels['org.opencontainers.image.revision'];
    await this.task.runs.addEvidence({ digest: built.facts.id, image: built.name, platform: built.facts.platform, ...(name !== undefined && { revision: name, dirty: name.includes('-dirty-') }) }, evidence);
  }

  /** Stores how it ended, and writes what was asked for: in every outcome. */
  private async end(): Promise<void> {
    const { input, stages } = this.begun;
    const { runs, signal, tell } = this.task;
    const all = stages.map(({ name }) => this.outcomes.get(name)?.result);
    const passed = all.every((result) => result?.state === 'passed');
    this.record = { ...this.record, state: passed ? 'passed' : signal.aborted ? 'cancelled' : 'failed', ended: new Date().toISOString() };
    // A stage that there was no time for, or no image, is told as well.
    for (const { name } of stages) if (!this.outcomes.has(name)) this.notices.stage({ ...NEVER_RUN, name });
    await Promise.all([runs.end(this.record), this.notices.end()]);
    try {
      if (input.junit !== undefined) await runs.writeFile(input.junit, writeJUnit(stages.map(({ name }) => this.outcomes.get(name) ?? { result: this.neverRun(name), tests: [] })));
      if (input.artifacts !== undefined) await runs.exportTo(this.record.run, input.artifacts);
    } catch (error) {
      if (!(error instanceof BacklotError)) throw error;
      tell({ type: 'message', level: 'warning', text: error.message, ...(error.fix !== undefined && { fix: error.fix }) });
    }
  }

  /** For CI servers, which know a run by its report only: a stage that what broke the run kept from running did not pass. */
  private neverRun(name: string): StageResult {
    return this.broken === undefined || this.task.signal.aborted ? { ...NEVER_RUN, name } : { ...NEVER_RUN, name, state: 'failed', why: `it was not run: ${this.broken}` };
  }

  private conclude(): RunResult {
    const { run, revision, image, digest, stages } = this.record;
    const result: RunResult = { run, ...(revision !== undefined && { revision }), ...(image !== undefined && { image }), ...(digest !== undefined && { digest }), stages: [...stages] };
    if (this.task.signal.aborted) throw new BacklotError('cancelled', 'cancelled', { result });
    const [first, ...others] = stages.filter(({ state }) => state === 'failed');
    if (!first) return result;
    const inWords = ({ name, why = 'failed', failed = [] }: StageResult) => `${name}: ${why}${failed[0] ? `, first ${[...failed[0].suite, failed[0].name].join(' › ')}` : ''}`;
    throw new BacklotError('stage-failed', inWords(first), {
      fix: `See what it left: backlot runs show ${run}`,
      ...(others.length > 0 && { also: others.map((one) => ({ message: inWords(one) })) }),
      result,
    });
  }
}

function refuseEarly(stages: readonly PlannedStage[], { file }: Project): void {
  for (const { name, file: stage } of stages) {
    const unsafe = [stage.junit ?? [], stage.artifacts ?? [], stage.inputs ?? []].flat().find(isUnsafe);
    if (unsafe !== undefined) throw new BacklotError('config-invalid', `The stage ${name} cannot keep ${JSON.stringify(unsafe)}: it leads out of where the stage runs`, { where: { file }, fix: 'Name files below the stage’s folder, or by their whole path.' });
  }
}

async function fixturesOf(stages: readonly PlannedStage[], project: Project, { fixtureDigest }: RunPorts): Promise<ReadonlyMap<string, string>> {
  const names = [...new Set(stages.flatMap(({ file }) => file.fixture ?? []))];
  return new Map(await Promise.all(names.map(async (name) => [name, await fixtureDigest(project.name, name)] as const)));
}

function newRecord(project: Project, { revision, planned }: { readonly revision: Checkout | undefined; readonly planned: string[] }, { who, id }: RunPorts & Work): RunSummary {
  return {
    run: newRunId(new Date()),
    project: project.name,
    directory: project.directory,
    state: 'running',
    started: new Date().toISOString(),
    operation: id,
    who,
    ...(revision && { revision: revision.name, dirty: revision.dirty, ...(revision.branch !== undefined && { branch: revision.branch }) }),
    planned,
    stages: [],
  };
}
