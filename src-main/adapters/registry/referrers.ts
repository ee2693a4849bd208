import { BacklotError } from '#contract/errors.ts';
import type { Descriptor, Manifest, Repository } from '#ports/image-registry.ts';
import type { Response } from './http.ts';
import { repositoryPath, type RegistryClient } from './registry-client.ts';

const INDEX = 'application/vnd.oci.image.index.v1+json';

/** Of some hundred entries each; more than these is a list that never ends. */
const MOST_PAGES = 50;

/** The tag under which registries without a list of referrers keep one, as the distribution specification has it. */
const fallbackTag = (digest: string) => digest.replace(':', '-');

/** Manifests that name this one as their subject. */
export async function referrers(client: RegistryClient, repository: Repository, { digest, artifactType }: { readonly digest: string; readonly artifactType: string | undefined }, signal: AbortSignal): Promise<Descriptor[]> {
  // Side by side, until it is known that this registry has such a list itself.
  const byTag = client.listsReferrers ? undefined : listedByTag(repository, digest, signal);
  byTag?.catch(() => {});
  const query = artifactType === undefined ? '' : `?${new URLSearchParams({ artifactType })}`;
  const ask: Ask = (path, expected) => client.read({ method: 'GET', path, headers: { accept: INDEX }, repository: repository.name, access: 'pull', action: 'asking for', expected }, signal);
  const first = await ask(`${repositoryPath(repository.name)}/referrers/${digest}${query}`, [200, 400, 404, 405]);
  const isList = first.status === 200 && (first.headers['content-type'] ?? '').startsWith(INDEX);
  client.listsReferrers ||= isList;
  const listed = isList ? await allPages(first, repository.name, ask) : await (byTag ?? listedByTag(repository, digest, signal));
  return artifactType === undefined ? listed : listed.filter((descriptor) => descriptor.artifactType === artifactType);
}

type Page = Response & { readonly bytes: Uint8Array };
type Ask = (path: string, expected: readonly number[]) => Promise<Page>;

/** What is on a page of the list and on all that follow it: an entry that is left out may be the one that says that it failed. */
async function allPages(first: Page, name: string, ask: Ask): Promise<Descriptor[]> {
  const listed: Descriptor[] = [];
  for (let page = first, pages = 1; ; pages++) {
    listed.push(...manifestsOf(page.bytes));
    const next = nextPage(page, name);
    if (next === undefined) return listed;
    if (pages >= MOST_PAGES) throw new BacklotError('registry-failed', `The registry's list of what refers to an image of ${name} has no end: ${pages} pages were read`, { fix: 'Have the registry mended, or remove there what refers to the image and is not needed.' });
    page = await ask(next, [200]);
  }
}

/** The path of the page that follows, below /v2/ of the same registry. */
function nextPage({ headers, url }: Response, name: string): string | undefined {
  const link = /<([^>]*)>\s*;[^<]*\brel="?next\b/i.exec(headers['link'] ?? '')?.[1];
  if (link === undefined) return undefined;
  const next = URL.canParse(link, url) ? new URL(link, url) : undefined;
  if (next?.host === url.host && next.pathname.startsWith('/v2/')) return `${next.pathname.slice('/v2/'.length)}${next.search}`;
  throw new BacklotError('registry-failed', `The registry says that the list of what refers to an image of ${name} goes on at ${link.slice(0, 200)}, which is not its own`, { fix: 'Have the address that the registry gives for itself mended.' });
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

/** What an index lists. One that is none is refused: what it leaves out may be what says that an image failed. */
function manifestsOf(bytes: Uint8Array): Descriptor[] {
  const listed = parsed(bytes)?.manifests;
  if (!Array.isArray(listed)) throw new BacklotError('registry-failed', 'What the registry gives for the list of what refers to an image is none', { fix: 'Have the registry mended, or the tag of the image’s digest (sha256-…) there removed.' });
  return (listed as readonly (Descriptor | null)[]).flatMap((one) => (typeof one?.digest === 'string' && typeof one.mediaType === 'string' ? [one] : []));
}

function parsed(bytes: Uint8Array): Parsed | undefined {
  try {
    return JSON.parse(Buffer.from(bytes).toString()) as Parsed;
  } catch {
    return undefined;
  }
}
