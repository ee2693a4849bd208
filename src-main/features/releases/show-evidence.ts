import { BacklotError } from '#contract/errors.ts';
import type { Attestation, Evidence } from '#contract/releases.ts';
import type { Repository } from '#ports/image-registry.ts';
import { readDeclared, repositoryOf, type Declared } from './declared.ts';
import { readingKeys } from './evidence/evidence-keys.ts';
import { hasPassed } from './gate.ts';
import { imageName, lookInRegistry, type LookPorts, type StoredSubject } from './look.ts';

type Input = { readonly directory: string; readonly reference?: string | undefined };

/** What is known to have passed on an image: by a name in a registry, else by one of this engine, else by a tag or digest among the project's own. */
export async function showEvidence({ directory, reference }: Input, ports: LookPorts, signal: AbortSignal): Promise<Evidence> {
  const declared = await readDeclared(directory, ports);
  const keys = await readingKeys(declared, ports);
  const wanted = reference ?? (await checkedOut(declared, ports, signal));
  const named = splitName(wanted);
  if (named) {
    const repository = ports.registry.repository(named.repository);
    const subject = await lookInRegistry({ name: wanted, reference: named.reference }, { repository, keys }, ports, signal);
    if (subject) return viewStored(wanted, repository, subject);
  }
  const here = await imageHere(wanted, ports, signal);
  const repository = ownRepository(declared, ports);
  const tag = wanted.includes('@') ? wanted.slice(wanted.indexOf('@') + 1) : /^(?:sha256:[0-9a-f]{64}|[\w][\w.-]{0,127})$/.test(wanted) ? wanted : wanted.slice(wanted.lastIndexOf(':') + 1);
  const there = !named && repository ? await lookInRegistry({ name: wanted, reference: tag }, { repository, keys }, ports, signal) : undefined;
  if (there && repository && (!here || there.stored.ids.includes(here.id))) return viewStored(wanted, repository, there);
  if (!here) throw new BacklotError('image-missing', `Neither this engine nor a registry has ${wanted}`, { fix: 'Name an image, such as registry.example:5000/shop:REVISION, or build and test one: backlot run' });
  const local = await ports.localEvidence(here.id);
  return {
    schema: 1,
    image: wanted,
    digest: here.id,
    id: here.id,
    ...(local?.revision !== undefined && { revision: local.revision }),
    ...(local?.dirty !== undefined && { dirty: local.dirty }),
    platforms: [here.platform],
    stages: (local?.stages ?? []).filter(hasPassed),
    attestations: local ? [{ state: 'local', stages: [...local.stages] }] : [],
    verified: false,
  };
}

function viewStored(image: string, repository: Repository, { stored, ...subject }: StoredSubject): Evidence {
  const attestations: Attestation[] = subject.found.map(({ content: _, ...one }) => one);
  const said = subject.found.find(({ content }) => content)?.content;
  const revision = said?.revision ?? subject.local?.revision ?? stored.labels['org.opencontainers.image.revision'];
  const dirty = said?.dirty ?? subject.local?.dirty;
  return {
    schema: 1,
    image: image.includes('/') ? image : `${repository.name}:${image}`,
    digest: stored.descriptor.digest,
    id: subject.id,
    ...(revision !== undefined && { revision }),
    ...(dirty !== undefined && { dirty }),
    platforms: [...subject.platforms],
    stages: subject.stages.filter(hasPassed),
    attestations: [...attestations, ...(subject.local ? [{ state: 'local' as const, stages: [...subject.local.stages] }] : [])],
    verified: attestations.some(({ state }) => state === 'trusted') && attestations.every(({ state }) => state !== 'invalid'),
  };
}

async function checkedOut(declared: Declared, ports: LookPorts, signal: AbortSignal): Promise<string> {
  const revision = await ports.git.checkout(declared.directory, signal);
  if (!revision) throw new BacklotError('revision-missing', `${declared.directory} is in no git repository, so there is no revision to ask about`, { fix: 'Name an image: backlot evidence REF' });
  return `${await imageName(declared, ports, signal)}:${revision.name}`;
}

/** A name that says its registry, taken apart. */
function splitName(text: string): { readonly repository: string; readonly reference: string } | undefined {
  const parts = /^(?<repository>(?<host>[a-zA-Z0-9.-]+(?::\d+)?|\[[0-9a-f:]+\](?::\d+)?)\/[a-z0-9._/-]+)(?::(?<tag>\w[\w.-]{0,127}))?(?:@(?<digest>sha256:[0-9a-f]{64}))?$/.exec(text)?.groups;
  const { repository, host = '', tag, digest } = parts ?? {};
  if (repository === undefined || !(/[.:[]/.test(host) || host === 'localhost')) return undefined;
  return { repository, reference: digest ?? tag ?? 'latest' };
}

function ownRepository(declared: Declared, { registry }: LookPorts): Repository | undefined {
  try {
    return registry.repository(repositoryOf(declared, Object.values(declared.targets)[0] ?? {}));
  } catch {
    // A project without a registry has only what this engine has.
    return undefined;
  }
}

async function imageHere(name: string, { engine }: LookPorts, signal: AbortSignal): Promise<{ readonly id: string; readonly platform: string } | undefined> {
  try {
    return await engine.inspectImage(name, signal);
  } catch (error) {
    if (signal.aborted || !(error instanceof BacklotError) || !/^(?:engine|image)-/.test(error.code)) throw error;
    return undefined;
  }
}
