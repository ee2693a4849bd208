import { createHash } from 'node:crypto';
import path from 'node:path';
import { BacklotError } from '#contract/errors.ts';
import type { Project } from '#features/project/project.ts';
import type { Checkout, Revision } from '#ports/git.ts';
import { LABELS } from '#ports/container-engine.ts';
import type { BuildOrder } from '#ports/image-builder.ts';

export type OrderOptions = {
  readonly revision: Pick<Checkout, 'name'>;
  /** Another build stage than the one that ships. */
  readonly target?: string | undefined;
  readonly noCache: boolean;
  /** The engine's own, such as `linux/amd64`. */
  readonly platform?: string;
};

/** How the component's image is built from a revision. One revision has one image. Pure. */
export function imageOrder(project: Project, { revision, target, noCache, platform: own }: OrderOptions): BuildOrder {
  const { build } = project;
  if (!build) throw withoutBuild(project);
  const context = path.resolve(project.directory, build.context ?? '.');
  const platform = platformOf(build.platforms, own);
  const parts = {
    context,
    dockerfile: path.resolve(context, build.dockerfile ?? 'Dockerfile'),
    ...((target ?? build.target) !== undefined && { target: target ?? build.target ?? '' }),
    ...(platform !== undefined && { platform }),
    arguments: build.arguments ?? {},
  };
  return {
    ...parts,
    image: `${build.image ?? project.name}:${revision.name}${target === undefined || target === build.target ? '' : `-${tagWord(target)}`}`,
    labels: { [LABELS.spec]: specOf(project, parts) },
    noCache,
  };
}

/** The engine's own where it is wanted: that is the one that runs here. */
function platformOf(wanted: readonly string[] | undefined, own: string | undefined): string | undefined {
  return wanted?.find((one) => one === own) ?? wanted?.[0];
}

/** What to say where an image is wanted for more platforms than the one that it is built for. Pure. */
export function unbuiltPlatforms({ build }: Project, { image, platform }: Pick<BuildOrder, 'image' | 'platform'>): string | undefined {
  const others = build?.platforms?.filter((one) => one !== platform) ?? [];
  return platform === undefined || others.length === 0 ? undefined : `${image} is built for ${platform} only, not for ${others.join(', ')}: the engine holds an image of one platform under a name`;
}

/** The annotations of the OCI image specification: what depends on the revision alone, so that it gets the same every time. Pure. */
export function annotations({ name, remote, committed, tag }: Revision): Record<string, string> {
  const prefix = 'org.opencontainers.image';
  return {
    [`${prefix}.revision`]: name,
    [`${prefix}.created`]: committed,
    [`${prefix}.version`]: tag ?? name,
    ...(remote !== undefined && { [`${prefix}.source`]: remote }),
  };
}

/** Another hash: what is built from the same revision would be another image. Where the checkout lies does not matter. */
function specOf({ directory }: Project, parts: Pick<BuildOrder, 'context' | 'dockerfile' | 'target' | 'platform' | 'arguments'>): string {
  const relative = { ...parts, context: path.relative(directory, parts.context), dockerfile: path.relative(directory, parts.dockerfile) };
  return createHash('sha256').update(JSON.stringify(relative)).digest('hex').slice(0, 16);
}

function tagWord(target: string): string {
  return target.replaceAll(/[^A-Za-z0-9_.-]+/g, '-').slice(0, 40);
}

function withoutBuild({ file }: Project): BacklotError {
  return new BacklotError('config-invalid', 'The project does not say how its image is built', {
    where: { file },
    fix: 'Write in backlot.yaml, such as: build: { context: ., dockerfile: Dockerfile, image: shop }',
  });
}
