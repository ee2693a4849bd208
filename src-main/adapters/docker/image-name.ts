import { BacklotError } from '#contract/errors.ts';

/** An image reference taken apart, as the engine's API and registries want it. */
export type ImageName = { readonly registry: string; readonly repository: string; readonly reference: string };

const HOST = /^(?:[a-zA-Z0-9](?:[a-zA-Z0-9.-]*[a-zA-Z0-9])?|\[[0-9a-fA-F:]+\])(?::\d+)?$/;
const PATH = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*$/;
const TAG = /^\w[\w.-]{0,127}$/;
const DIGEST = /^[a-z0-9]+(?:[+._-][a-z0-9]+)*:[0-9a-fA-F]{32,}$/;

export const DOCKER_HUB = 'docker.io';

/** Takes an image name apart. Fails with `image-failed` where it is none, so that nothing else ever reaches the engine. */
export function parseImageName(name: string): ImageName {
  const parsed = name.length <= 512 ? split(name) : undefined;
  if (parsed) return parsed;
  throw new BacklotError('image-failed', `${JSON.stringify(name.slice(0, 100))} is not an image name`, {
    fix: 'Write it as name:tag, registry.example/path/name:tag or name@sha256:….',
  });
}

/** Whether this is an image's id and not a name. */
export const isImageId = (name: string) => /^(?:sha256:)?[0-9a-f]{12,64}$/.test(name);

function split(name: string): ImageName | undefined {
  const [beforeDigest = '', digest, ...more] = name.split('@');
  if (more.length > 0 || (digest !== undefined && !DIGEST.test(digest))) return undefined;
  const colon = beforeDigest.lastIndexOf(':');
  const hasTag = colon > beforeDigest.lastIndexOf('/');
  const tag = hasTag ? beforeDigest.slice(colon + 1) : undefined;
  if (tag !== undefined && !TAG.test(tag)) return undefined;
  const place = hasTag ? beforeDigest.slice(0, colon) : beforeDigest;
  const slash = place.indexOf('/');
  const first = place.slice(0, Math.max(slash, 0));
  const named = slash > 0 && (/[.:[]/.test(first) || first === 'localhost' || first !== first.toLowerCase());
  const registry = named ? first : DOCKER_HUB;
  const path = named ? place.slice(slash + 1) : place;
  if (!HOST.test(registry) || !PATH.test(path) || path.length > 255) return undefined;
  return { registry: registry === 'index.docker.io' ? DOCKER_HUB : registry, repository: place, reference: digest ?? tag ?? 'latest' };
}
