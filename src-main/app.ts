import { setMaxListeners } from 'node:events';
import { homedir, hostname, userInfo } from 'node:os';
import path from 'node:path';
import { createImageBuilder } from '#adapters/builder/image-builder.ts';
import { createCompose } from '#adapters/compose/compose.ts';
import { configDirectory } from '#adapters/docker/contexts.ts';
import { createDockerEngine } from '#adapters/docker/docker-engine.ts';
import { createEngineRelays } from '#adapters/docker/relay.ts';
import { listContexts } from '#adapters/docker/resolve-endpoint.ts';
import { findImages } from '#adapters/files/find-images.ts';
import { createProjectFiles } from '#adapters/files/project-files.ts';
import { createFixtureStore } from '#adapters/fixtures/fixture-store.ts';
import { createGit } from '#adapters/git/git.ts';
import { createMachine } from '#adapters/machine/machine.ts';
import { createProber } from '#adapters/network/prober.ts';
import { notifyOfRun } from '#adapters/notify/notify-of-run.ts';
import { createProcessRunner } from '#adapters/process/process-runner.ts';
import { createSecretReader } from '#adapters/process/secret-reader.ts';
import { createTerminalHost } from '#adapters/process/terminal-host.ts';
import { createOperationLog } from '#adapters/state/operation-log.ts';
import { createHostNaming } from '#adapters/resolver/host-naming.ts';
import { createRunStore } from '#adapters/runs/run-store.ts';
import { keptRuns } from '#adapters/runs/runs-to-forget.ts';
import { findPaths } from '#adapters/state/paths.ts';
import { createStateStore } from '#adapters/state/state-store.ts';
import { api } from '#contract/index.ts';
import { createDispatcher, type Dispatcher } from '#core/dispatcher.ts';
import { lazyNoun, once } from '#core/lazy-noun.ts';
import { createOperations } from '#core/operations.ts';
import { createRedactor } from '#core/redact.ts';
import { implementOperations } from '#core/operations-noun.ts';
import { addressRanges, RANGE_VARIABLE } from '#features/names/choose-subnet.ts';
import { createNames } from '#features/names/names-methods.ts';
import { createFindProject } from '#features/project/find-project.ts';
import { createLoadOutline } from '#features/project/load-outline.ts';
import { createLoadWithoutServices } from '#features/project/load-without-services.ts';
import { createLoadProject } from '#features/project/load-project.ts';
import { createProject } from '#features/project/project-methods.ts';
import { removeAbandoned, removeLost } from '#features/runs/abandoned.ts';
import { linkOfCi } from '#features/runs/run-notices.ts';
import { heldTerminal } from '#features/runs/held-shell.ts';
import { createRuns } from '#features/runs/runs-methods.ts';
import { clean } from '#features/stack/clean.ts';
import { createStack } from '#features/stack/stack-methods.ts';
import type { PrepareData } from '#features/stack/up.ts';
import { terminalCommand } from '#features/stack/terminal-command.ts';
import type { ReportPorts } from '#features/system/report.ts';
import { reportParts } from '#features/system/report-parts.ts';
import { createSystem } from '#features/system/system-methods.ts';
import { createTerminals } from '#features/terminals/sessions.ts';
import { plainValue } from '#ports/compose.ts';
import type { EngineChoice } from '#ports/container-engine.ts';
import packageFile from '../package.json' with { type: 'json' };

export type AppOptions = {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly choice: EngineChoice;
  /** The shell that asks, as other shells show it: `cli`, `serve`, `electron`. */
  readonly shell: string;
};

export type App = {
  readonly dispatcher: Dispatcher;
  /** Ids of operations that run in this process. */
  active(): string[];
  /** Cancels what runs, waits until it has cleaned up, ends terminals, and lets go of the engine. */
  close(): Promise<void>;
};

/** The core of one process: adapters wired into features, behind one dispatcher. */
export function createApp({ environment, choice, shell }: AppOptions): App {
  // One signal ends the work on every service of a set, so it has as many listeners as there are services.
  setMaxListeners(0);
  const home = environment['HOME'] ?? homedir();
  const paths = findPaths(environment);
  const surroundings = { environment, home };
  const engine = createDockerEngine({ choice, ...surroundings });
  const processes = createProcessRunner(environment);
  const compose = createCompose({ runner: processes, commandLine: () => engine.commandLine(), environment });
  const files = createProjectFiles();
  const store = createStateStore({ paths, shell });
  const machine = createMachine({ searchPath: environment['PATH'] ?? '' });
  const host = createTerminalHost(environment);
  const operations = createOperations({ owner: `${shell} ${process.pid}`, log: createOperationLog({ paths }) });

  const loadProject = createLoadProject({ compose, files, environment });
  const loadOutline = createLoadOutline({ files, environment });
  const hostNames = createHostNaming({ engine, processes, machine, paths, environment });
  const networking = { ranges: () => addressRanges(environment[RANGE_VARIABLE]), recipe: path.join(findImages(import.meta.dirname), 'names') };
  const fixtures = createFixtureStore({ paths });
  const secrets = createSecretReader({ environment, processes });
  const stackPorts = { hostNames, networking, engine, store, compose, machine, prober: createProber(), loadProject, loadOutline };
  const data = once(async () => (await import('./app-fixtures.ts')).createDataPart({ ...stackPorts, ...surroundings, fixtures, files, secrets, readText: (file) => machine.readText(file) }));
  const prepareData: PrepareData = async (environment, input, work) => {
    if ((input.fixture ?? environment.set.fixture) !== undefined) await (await data()).prepareData(environment, input, work);
  };
  const stack = createStack({ ...stackPorts, prepareData });
  const runs = createRunStore({ paths, kept: keptRuns(environment['BACKLOT_KEEP_RUNS']) });
  const redactor = createRedactor(environment);
  const relays = createEngineRelays({ endpoint: () => engine.state.endpoint });
  const runPorts = {
    ...stackPorts,
    prepareData,
    runs,
    relays,
    files,
    git: createGit(processes, path.join(paths.state, 'commit-files')),
    loadWithoutServices: createLoadWithoutServices({ files, environment }),
    builder: createImageBuilder({ runner: processes, commandLine: () => engine.commandLine() }),
    notifyOfRun,
    secrets,
    redactor,
    link: linkOfCi(environment),
    version: packageFile.version,
    fixtureDigest: async (project: string, name: string) => (await data()).digest(project, name),
    who: `${nameOfUser()}@${hostname()}`,
  };
  const terminals = createTerminals({
    host,
    commandFor: ({ run, ...input }, signal) => run !== undefined ? heldTerminal({ ...input, run }, runPorts, signal) : terminalCommand(input, { ...stackPorts, hostShell: host.shell, variables: stack.env }, signal),
  });
  const projects = createProject({ loadProject, loadOutline, findProject: createFindProject(files), store, compose, files, processes, environment });
  const runMethods = createRuns(runPorts);
  const report = (): ReportPorts => ({
    parts: reportParts({ project: projects, stack, runs: runMethods, fixtures: async () => (await data()).methods, operations: implementOperations(operations), system, readText: (file) => machine.readText(file) }),
    variables: async (directory, signal) => Object.values((await loadProject(directory, signal)).services).map(({ resolved }) => Object.fromEntries(Object.entries(resolved.environment ?? {}).map(([name, value]) => [name, value === null ? undefined : plainValue(value)]))),
    surroundings: { environment, home, user: nameOfUser(), host: hostname() },
  });
  const system = createSystem(
    {
      engine,
      compose,
      processes,
      machine,
      store,
      operations,
      leftOfFixtures: async (signal) => (await data()).clean({ dryRun: true }, { id: 'doctor', signal, tell: () => {} }),
      loadProject,
      plan: (directory, signal) => stack.plan({ directory, services: [] }, signal),
      report,
      versions: { backlot: packageFile.version, node: process.versions.node, ...(process.versions['electron'] !== undefined && { electron: process.versions['electron'] }) },
      places: { state: paths.state, dockerConfiguration: path.join(configDirectory(environment, home), 'config.json') },
    },
    async (input, work) => {
      const { removed } = await clean(input, { engine, store, hostNames, exists: async (directory) => (await files.realDirectory(directory)) !== undefined }, work);
      const ofRuns = await removeAbandoned(input.dryRun, { engine, store, runs, relays }, work);
      const [{ cleanPairs }, { createDockerSwarm }] = await Promise.all([import('#features/releases/pair/remove-pair.ts'), import('#adapters/deploy/docker-swarm.ts')]);
      const swarm = createDockerSwarm({ processes, commandLine: () => engine.commandLine() });
      return { removed: [...removed, ...ofRuns, ...(await cleanPairs(input.dryRun, { engine, swarm, ...work })), ...(await (await data()).clean(input, work))] };
    },
  );

  const releases = async () =>
    (await import('./app-releases.ts')).createReleasesPart({
      ...surroundings,
      ...runPorts,
      processes,
      projectKey: (project) => fixtures.projectKey(project),
      localEvidence: (digest) => runs.readEvidence(digest),
      recentRuns: (project, limit) => runs.list(project, limit),
      machine: fixtures.home,
    });
  const dispatcher = createDispatcher(
    api,
    {
      engine: {
        watch: (_input, signal) => engine.watchState(signal),
        contexts: async () => ({ contexts: listContexts(choice, surroundings) }),
        reconnect: async () => (engine.reconnect(), {}),
      },
      fixtures: lazyNoun(api.fixtures, async () => (await data()).methods),
      names: createNames({ engine, store, hostNames, loadProject, projectPorts: { compose, files, environment } }),
      operations: implementOperations(operations),
      project: projects,
      releases: lazyNoun(api.releases, releases),
      runs: runMethods,
      stack: { ...stack, up: async (input, work) => (await removeLost(runPorts, work), stack.up(input, work)) },
      system,
      terminals: terminals.methods,
    },
    operations,
  );
  const tidying = new AbortController();
  // A shell that stays open begins with what runs left that were killed; `run` and `up` do so themselves.
  if (shell !== 'cli') removeLost(runPorts, { id: 'start', signal: tidying.signal, tell: () => {} }).catch(() => {});
  return {
    dispatcher,
    active: () => operations.active(),
    async close() {
      tidying.abort();
      await operations.close();
      await terminals.close();
      engine.close();
    },
  };
}

/** A container may run as a user that nobody has written down. */
function nameOfUser(): string {
  try {
    return userInfo().username;
  } catch {
    return String(process.getuid?.() ?? '');
  }
}
