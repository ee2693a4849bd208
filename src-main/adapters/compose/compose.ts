import path from 'node:path';
import { BacklotError } from '#contract/errors.ts';
import type { Compose, ComposeModel } from '#ports/compose.ts';
import type { ContainerEngine } from '#ports/container-engine.ts';
import type { ProcessRunner, RunOptions, RunResult } from '#ports/process-runner.ts';
import { composeFailure } from './compose-failure.ts';
import { explainInvalid } from './explain-invalid.ts';
import { placeOf } from './find-place.ts';
import { mentionedVariables } from './mentioned-variables.ts';
import { parseModel, parseYamlModel } from './parse-model.ts';
import { readSources, sourcesOf, type ComposeSource } from './read-sources.ts';
import { warningsOf } from './warnings-of.ts';

export type ComposeOptions = {
  readonly runner: ProcessRunner;
  readonly commandLine: ContainerEngine['commandLine'];
  /** The user's own variables: Compose fills them in where its files ask for them. */
  readonly environment: Readonly<Record<string, string | undefined>>;
};

/** Resolving asks nobody but the disk: longer than this is a file that explodes. */
const RESOLVE_LIMIT = 30_000;
const CREATE_LIMIT = 300_000;
/** A build that prints nothing for this long hangs. */
const BUILD_SILENCE = 600_000;

/** They say which project Compose acts on, which here Backlot says. */
const NOT_PASSED = ['COMPOSE_FILE', 'COMPOSE_PROFILES', 'COMPOSE_PROJECT_NAME', 'COMPOSE_ENV_FILES', 'COMPOSE_PATH_SEPARATOR'];

/** What steers the commands themselves cannot be filled in by a set. */
const STEERING = /^(COMPOSE_|DOCKER_|BUILDX_|BUILDKIT_|LD_|DYLD_)|^(PATH|HOME)$/;

/** Compose before 2.27 fails on the keys of a build's `ssh:`. */
const CANNOT_PRINT_JSON = /^json: error calling MarshalJSON/m;

const NEEDS_OTHERS = /depends on undefined service/;

/** Docker Compose v2 through the docker command line. */
export function createCompose({ runner, commandLine, environment }: ComposeOptions): Compose {
  const passed = Object.fromEntries(
    Object.entries(environment).filter((entry): entry is [string, string] => entry[1] !== undefined && !NOT_PASSED.includes(entry[0])),
  );

  function run(args: readonly string[], options: RunOptions, signal: AbortSignal): Promise<RunResult> {
    const engine = commandLine();
    return runner
      .run('docker', [...engine.arguments, 'compose', ...args], { ...options, environment: { ...passed, ...options.environment, ...engine.environment, COMPOSE_MENU: 'false' } }, signal)
      .catch((error: unknown) => {
        throw isMissing(error) ? composeMissing(error) : error;
      });
  }

  async function act(model: ComposeModel, args: readonly string[], options: RunOptions, signal: AbortSignal): Promise<void> {
    const global = ['--project-name', model.project, '--project-directory', model.directory, '--file', model.file, '--profile', '*', '--progress', 'plain', '--ansi', 'never'];
    const result = await run([...global, ...args], { directory: model.directory, endsWithUs: true, ...options }, signal);
    if (result.exitCode !== 0) throw composeFailure(args[0] ?? '', result);
  }

  return {
    async resolve(files, directory, signal, { onWarning, variables = {}, isPart = false } = {}) {
      const sources = await readSources(files);
      const named = files.flatMap((file) => ['--file', path.resolve(directory, file)]);
      const options = { directory, timeout: RESOLVE_LIMIT, environment: onlyFilling(variables) };
      const config = (...more: readonly string[]) => run([...named, '--project-directory', directory, '--profile', '*', 'config', '--format', ...more], options, signal);
      const alone = await config('json');
      // Not asked for at first: with it, Compose would also let pass what nobody else can have.
      const consistency = isPart && NEEDS_OTHERS.test(alone.stderr) ? ['--no-consistency'] : [];
      const json = consistency.length > 0 ? await config('json', ...consistency) : alone;
      const result = CANNOT_PRINT_JSON.test(json.stderr) ? await config('yaml', ...consistency) : json;
      if (result.exitCode !== 0) throw invalid(result, sources);
      for (const warning of warningsOf(result.stderr, sources)) onWarning?.(warning);
      return result === json ? parseModel(result.stdout, files) : parseYamlModel(result.stdout, files);
    },

    async variablesIn(files) {
      return mentionedVariables(await readSources(files));
    },

    sourcesOf,

    async whereIs(files, at) {
      return placeOf(at, await readSources(files), true);
    },

    create: (model, services, signal) =>
      // Not "create": that one also makes anew what the services depend on, which may be running.
      act(model, ['up', '--no-start', '--no-deps', '--no-build', '--pull', 'never', '--', ...services], { timeout: CREATE_LIMIT }, signal),

    build: (model, services, onLine, signal) => act(model, ['build', '--', ...services], { inactivity: BUILD_SILENCE, onLine: (line) => onLine(line) }, signal),

    startAsCompose: (model, services, signal) =>
      act(model, ['up', '--detach', '--no-deps', '--no-recreate', '--no-build', '--', ...services], { timeout: CREATE_LIMIT }, signal),

    async version(signal) {
      signal.throwIfAborted();
      const engine = commandLine();
      try {
        // Loaded here, because it is needed for nothing else: it waits half a second after the end of every command.
        const { version } = await import('docker-compose');
        return (await version({ env: { ...passed, ...engine.environment } })).data.version;
      } catch (error) {
        throw composeMissing(error instanceof Error ? error : new Error((error as { readonly err: string }).err.trim()));
      }
    },
  };
}

function onlyFilling(variables: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(variables).filter(([name]) => !STEERING.test(name)));
}

function invalid(result: RunResult, sources: readonly ComposeSource[]): BacklotError {
  return /is not a docker command|unknown (shorthand )?flag|unknown command/.test(result.stderr) && !result.stderr.includes('docker compose [OPTIONS]')
    ? composeMissing(new Error(result.stderr.trim()))
    : explainInvalid(result.stderr, sources);
}

function isMissing(error: unknown): boolean {
  const cause = error instanceof BacklotError ? error.cause : error;
  return error instanceof Error && error.message.includes('docker') && cause instanceof Error && (cause as NodeJS.ErrnoException).code === 'ENOENT';
}

function composeMissing(cause: unknown): BacklotError {
  const noDocker = isMissing(cause);
  return new BacklotError('compose-missing', noDocker ? 'The docker command is not installed' : 'Docker Compose v2 is not installed', {
    cause,
    fix: noDocker
      ? 'Install the docker command line with its Compose plugin: https://docs.docker.com/compose/install/'
      : 'Install the Compose plugin (docker-compose-plugin or docker-compose-v2): https://docs.docker.com/compose/install/',
  });
}
