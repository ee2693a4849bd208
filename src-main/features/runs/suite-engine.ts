import { BacklotError } from '#contract/errors.ts';
import type { Project } from '#features/project/project.ts';
import { labelsOfEnvironment } from '#features/stack/generate-model.ts';
import type { Environment } from '#features/stack/environment.ts';
import { LABELS, type ContainerEngine } from '#ports/container-engine.ts';
import type { EngineRelay, EngineRelays } from '#ports/engine-relay.ts';
import type { PlannedStage } from './plan-run.ts';

/** Where the suite of a stage finds the engine, as every client of it does without being told. */
export const SUITE_SOCKET = '/var/run/docker.sock';

/** The engine's machine, at whose ports a suite reaches what it published. */
const MACHINE = 'host.docker.internal';
export const SUITE_HOSTS: Readonly<Record<string, string>> = { [MACHINE]: 'host-gateway' };

/** What Testcontainers and other clients are told. Backlot removes what is left, so Testcontainers need not. */
export const SUITE_VARIABLES: Readonly<Record<string, string>> = {
  DOCKER_HOST: `unix://${SUITE_SOCKET}`,
  TESTCONTAINERS_HOST_OVERRIDE: MACHINE,
  TESTCONTAINERS_RYUK_DISABLED: 'true',
};

/** Refuses stages that use the engine where that is elsewhere: a socket of this machine cannot be shown there. */
export function refuseEngineElsewhere(stages: readonly PlannedStage[], { file }: Pick<Project, 'file'>, engine: ContainerEngine): void {
  const first = stages.find((stage) => stage.file.engine === true);
  if (!first || engine.reachesContainers) return;
  throw new BacklotError('config-invalid', `The stage ${first.name} uses the engine, which works only with one that runs on this machine itself: ${engine.state.endpoint} does not`, {
    where: { file },
    fix: `Choose the engine of this machine with --context default, or leave out what needs ${first.name}.`,
  });
}

/** Opens the way to the engine that an environment's stage has. */
export function openSuiteEngine(socket: string, environment: Environment, relays: EngineRelays): Promise<EngineRelay> {
  const { run } = environment;
  return relays.open(socket, { labels: { ...labelsOfEnvironment(environment), [LABELS.role]: 'suite' }, imageLabels: { [LABELS.suite]: `${run?.id}/${run?.stage}` } });
}

/** Says of a failure that the engine does not see what is to be mounted what can be done. Another one stays as it is. */
export function explainUnseen(error: unknown, socket: string | undefined): unknown {
  if (!(error instanceof BacklotError)) return error;
  const [, mounted] = /bind source path does not exist: ([^\n]+)/.exec(`${error.message}\n${error.cause ?? ''}`) ?? [];
  if (mounted !== undefined && mounted !== socket) {
    return new BacklotError('config-invalid', `The engine does not see ${mounted}, which a service of the stage mounts`, {
      fix: 'Copy it into the image of that service, or run Backlot where the engine sees the project’s folder at the same path.',
      cause: error,
    });
  }
  if (socket === undefined || !`${error.message} ${error.cause ?? ''}`.includes(socket)) return error;
  const folder = socket.replace(/\/[^/]+\/[^/]+$/, '');
  return new BacklotError('config-invalid', `The stage uses the engine, and the engine does not see ${folder}, where its way there would be`, {
    fix: `Where Backlot runs in a container, give that container a folder at the same path as on the engine's machine, and name it to Backlot: --volume /var/tmp/backlot:/var/tmp/backlot --env TMPDIR=/var/tmp/backlot.`,
    cause: error,
  });
}

/** Images that the suites of a run made, or of one of its stages, or of every run. */
export async function suiteImages({ run, stage }: { readonly run?: string; readonly stage?: string | undefined }, engine: ContainerEngine, signal: AbortSignal): Promise<{ readonly id: string; readonly run: string }[]> {
  const ids = await engine.listImages([run !== undefined && stage !== undefined ? `${LABELS.suite}=${run}/${stage}` : LABELS.suite], signal);
  const images = await Promise.all(ids.map(async (id) => ({ id, run: (await engine.inspectImage(id, signal))?.labels[LABELS.suite]?.split('/')[0] ?? '' })));
  return images.filter((image) => run === undefined || image.run === run);
}
