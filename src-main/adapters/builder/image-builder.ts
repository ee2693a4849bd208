import { BacklotError } from '#contract/errors.ts';
import type { ContainerEngine } from '#ports/container-engine.ts';
import type { BuildOrder, ImageBuilder } from '#ports/image-builder.ts';
import type { ProcessRunner } from '#ports/process-runner.ts';
import { BuildProgress } from './build-progress.ts';

/** A build that prints nothing for this long hangs. */
const SILENCE = 900_000;

/** BuildKit through the docker command line: buildx where it is installed, which also knows builders of its own; else the engine's own. */
export function createImageBuilder({ runner, commandLine }: { readonly runner: ProcessRunner; readonly commandLine: ContainerEngine['commandLine'] }): ImageBuilder {
  let buildx: Promise<boolean> | undefined;
  const hasBuildx = (signal: AbortSignal) =>
    (buildx ??= runner.run('docker', ['buildx', 'version'], { timeout: 10_000 }, signal).then(({ exitCode }) => exitCode === 0, () => (buildx = undefined, false)));

  return {
    async build(order, onStep, signal) {
      const progress = new BuildProgress(onStep);
      const engine = commandLine();
      const verb = (await hasBuildx(signal)) ? ['buildx', 'build', '--load', '--provenance=false'] : ['build'];
      const result = await runner.run(
        'docker',
        [...engine.arguments, ...verb, '--progress=plain', ...argumentsOf(order)],
        { environment: { ...engine.environment, DOCKER_BUILDKIT: '1', NO_COLOR: '1' }, inactivity: SILENCE, endsWithUs: true, onLine: (line) => progress.line(line) },
        signal,
      );
      if (result.exitCode !== 0) throw failed(order, progress);
    },
  };
}

function argumentsOf({ image, context, dockerfile, target, platform, labels, arguments: values, noCache }: BuildOrder): string[] {
  return [
    ...Object.entries(labels).flatMap(([name, value]) => ['--label', `${name}=${value}`]),
    ...Object.entries(values).flatMap(([name, value]) => ['--build-arg', `${name}=${value}`]),
    ...(target === undefined ? [] : ['--target', target]),
    ...(platform === undefined ? [] : ['--platform', platform]),
    ...(noCache ? ['--no-cache'] : []),
    '--tag',
    image,
    '--file',
    dockerfile,
    '--',
    context,
  ];
}

function failed({ image, dockerfile }: BuildOrder, progress: BuildProgress): BacklotError {
  const { step, error, lines } = progress.failure;
  const full = /no space left on device/i.test(`${error} ${lines.join(' ')}`);
  return new BacklotError(full ? 'disk-full' : 'build-failed', step === undefined ? `${image} cannot be built: ${error}` : `The step ${step} of ${image} failed: ${error}`, {
    ...(lines.length > 0 && { cause: lines.join('\n') }),
    where: { file: dockerfile },
    fix: full ? 'Make room on the engine’s disk: docker system df says what takes it.' : 'Mend the step, then run it again; what is built already is kept.',
  });
}
