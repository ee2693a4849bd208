import { z } from 'zod';
import { BacklotError } from '#contract/errors.ts';
import { parsedJson } from '#core/parsed-json.ts';
import type { Descriptor, Manifest, Repository } from '#ports/image-registry.ts';

/** An image as a registry has it. */
export type StoredImage = {
  readonly descriptor: Descriptor;
  readonly bytes: Uint8Array;
  /** Ids by which an engine may know it: the digest of its configuration, or of what it is. */
  readonly ids: readonly string[];
  readonly platforms: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
};

const Platform = z.object({ os: z.string(), architecture: z.string(), variant: z.string().optional() });
const Entry = z.object({ mediaType: z.string(), digest: z.string(), size: z.number() });
const ImageManifest = z.object({ config: Entry.optional(), manifests: z.array(Entry.extend({ platform: Platform.optional(), annotations: z.record(z.string(), z.string()).optional() })).optional() });
const Config = Platform.partial().extend({ config: z.object({ Labels: z.record(z.string(), z.string()).nullish() }).nullish() });

const MOST_CONFIG = 4 * 1024 * 1024;

/** What a registry has by a tag or digest; nothing where there is none. */
export async function storedImage(repository: Repository, reference: string, signal: AbortSignal): Promise<StoredImage | undefined> {
  const manifest = await repository.readManifest(reference, signal);
  return manifest && describeImage(repository, manifest, signal);
}

/** An image of which the manifest is at hand. */
export async function describeImage(repository: Repository, { descriptor, bytes }: Manifest, signal: AbortSignal): Promise<StoredImage> {
  const parsed = ImageManifest.safeParse(parsedJson(bytes));
  if (!parsed.success) throw new BacklotError('registry-failed', `${repository.name}@${descriptor.digest} is no image`, { fix: 'Name an image.' });
  const { config, manifests } = parsed.data;
  if (!config || config.size > MOST_CONFIG) {
    const of = (manifests ?? []).flatMap(({ platform, digest }) => (platform && platform.os !== 'unknown' ? [{ name: nameOf(platform), digest }] : []));
    return { descriptor, bytes, ids: [descriptor.digest], platforms: of.map(({ name }) => name), labels: {} };
  }
  const read = Config.safeParse(parsedJson(await repository.readBytes(config, MOST_CONFIG, signal)));
  const { os = 'linux', architecture = '', variant, config: settings } = read.data ?? {};
  return { descriptor, bytes, ids: [config.digest, descriptor.digest], platforms: [nameOf({ os, architecture, variant })], labels: settings?.Labels ?? {} };
}

const nameOf = ({ os, architecture, variant }: z.infer<typeof Platform>) => [os, architecture, ...(variant === undefined ? [] : [variant])].join('/');
