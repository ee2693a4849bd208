import type { Descriptor, Manifest, Repository } from '#ports/image-registry.ts';
import { readAll } from './http.ts';
import { repositoryPath, type RegistryClient } from './registry-client.ts';

const INDEX = 'application/vnd.oci.image.index.v1+json';

/** The tag under which registries without a list of referrers keep one, as the distribution specification has it. */
const fallbackTag = (digest: string) => digest.replace(':', '-');

/** Manifests that name this one as their subject. */
export async function referrers(client: RegistryClient, repository: Repository, { digest, artifactType }: { readonly digest: string; readonly artifactType: string | undefined }, signal: AbortSignal): Promise<Descriptor[]> {
  // Side by side, until it is known that this registry has such a list itself.
  const byTag = client.listsReferrers ? undefined : listedByTag(repository, digest, signal);
  byTag?.catch(() => {});
  const query = artifactType === undefined ? '' : `?${new URLSearchParams({ artifactType })}`;
  const response = await client.call({ method: 'GET', path: `${repositoryPath(repository.name)}/referrers/${digest}${query}`, headers: { accept: INDEX }, repository: repository.name, access: 'pull', action: 'asking for', expected: [200, 400, 404, 405] }, signal);
  const bytes = await readAll(response.body);
  const isList = response.status === 200 && (response.headers['content-type'] ?? '').startsWith(INDEX);
  client.listsReferrers ||= isList;
  const listed = isList ? manifestsOf(bytes) : await (byTag ?? listedByTag(repository, digest, signal));
  return artifactType === undefined ? listed : listed.filter((descriptor) => descriptor.artifactType === artifactType);
}

/** Adds a manifest to the list of its subject's referrers, where the registry has not done that itself. */
export async function noteReferrer(repository: Repository, { descriptor, bytes }: Manifest, isNoted: boolean, signal: AbortSignal): Promise<void> {
  const manifest = parsed(bytes);
  const subject = manifest?.subject?.digest;
  if (subject === undefined || isNoted) return;
  const artifactType = manifest?.artifactType ?? manifest?.config?.mediaType;
  const listed = (await listedByTag(repository, subject, signal)).filter(({ digest }) => digest !== descriptor.digest);
  const added = { ...descriptor, ...(artifactType !== undefined && { artifactType }), ...(manifest?.annotations && { annotations: manifest.annotations }) };
  const index = { schemaVersion: 2, mediaType: INDEX, manifests: [...listed, added] };
  await repository.writeManifest(fallbackTag(subject), { mediaType: INDEX, bytes: Buffer.from(JSON.stringify(index)) }, signal);
}

async function listedByTag(repository: Repository, digest: string, signal: AbortSignal): Promise<Descriptor[]> {
  const found = await repository.readManifest(fallbackTag(digest), signal);
  return found ? manifestsOf(found.bytes) : [];
}

type Parsed = {
  readonly manifests?: readonly Descriptor[];
  readonly subject?: { readonly digest?: string };
  readonly artifactType?: string;
  readonly config?: { readonly mediaType?: string };
  readonly annotations?: Readonly<Record<string, string>>;
};

const manifestsOf = (bytes: Uint8Array): Descriptor[] => (parsed(bytes)?.manifests ?? []).filter(({ digest, mediaType }) => typeof digest === 'string' && typeof mediaType === 'string');

function parsed(bytes: Uint8Array): Parsed | undefined {
  try {
    return JSON.parse(Buffer.from(bytes).toString()) as Parsed;
  } catch {
    return undefined;
  }
}
