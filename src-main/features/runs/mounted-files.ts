import { createHash } from 'node:crypto';
import type { Work } from '#core/work.ts';
import type { Project } from '#features/project/project.ts';
import { stableJson } from '#features/project/stable-json.ts';
import { plainValue } from '#ports/compose.ts';
import type { ContentDigest, ProjectFiles } from '#ports/project-files.ts';
import type { PlannedStage } from './plan-run.ts';
import { serviceInRun } from './run-service.ts';
import { servicesOfStage } from './stage-environment.ts';

/** What the files are that a stage's services mount: one digest of all; `why` is a whole sentence. */
export type MountedFiles = ContentDigest;

type Mount = { readonly type?: string; readonly source?: string };
type Handed = { readonly source?: string };
type Definition = { readonly file?: string; readonly content?: string } | null;
type Wanted = { readonly project: Project; readonly planned: PlannedStage; /** The engine may not see the files of this machine. */ readonly isElsewhere: boolean };

/** The files that a stage's services mount, by their contents: no revision and no image tells when they change. Where they cannot be known, a stage that could be reused says so. */
export async function mountedFiles({ project, planned, isElsewhere }: Wanted, { files, tell }: { readonly files: ProjectFiles } & Pick<Work, 'tell'>): Promise<MountedFiles | undefined> {
  const { sources, contents, unknown } = mountedBy(project, planned);
  if (sources.length === 0 && contents.length === 0 && unknown.length === 0) return undefined;
  const found = unknown[0] !== undefined ? { why: unknown[0] } : isElsewhere && sources[0] !== undefined ? { why: `${sources[0]} is read where the engine is` } : await digestOf(sources, contents, files);
  if ('why' in found && planned.file.cache === true) tell({ type: 'message', level: 'warning', text: `${planned.name}: ${found.why}: what its services mount is not known, so it is run` });
  return found;
}

/** Paths that are mounted, and texts that Compose mounts as files. Pure. */
function mountedBy(given: Project, { file }: PlannedStage): { readonly sources: readonly string[]; readonly contents: readonly string[]; readonly unknown: readonly string[] } {
  const { project, services } = servicesOfStage(given, file);
  const sources = new Set<string>();
  const contents = new Set<string>();
  const unknown = new Set<string>();
  for (const service of services.flatMap((name) => project.services[name] ?? [])) {
    const { resolved } = serviceInRun(service, { environment: {}, image: undefined }).service;
    for (const { type, source } of (resolved['volumes'] ?? []) as readonly Mount[]) if (type === 'bind' && source !== undefined) sources.add(source);
    for (const kind of ['configs', 'secrets'] as const) {
      const definitions = (project.model[kind] ?? {}) as Readonly<Record<string, Definition>>;
      for (const { source = '' } of (resolved[kind] ?? []) as readonly Handed[]) {
        const definition = definitions[source];
        if (definition?.file !== undefined) sources.add(definition.file);
        else if (definition?.content !== undefined) contents.add(stableJson({ kind, source, definition }));
        else unknown.add(`${source} of ${service.name}'s ${kind} is in no file`);
      }
    }
  }
  return { sources: [...sources].sort().map(plainValue), contents: [...contents].sort(), unknown: [...unknown] };
}

async function digestOf(sources: readonly string[], contents: readonly string[], files: ProjectFiles): Promise<MountedFiles> {
  const sum = createHash('sha256').update(stableJson(contents));
  for (const source of sources) {
    const content = await files.contentOf(source);
    if ('why' in content) return { why: `${source} ${content.why}` };
    sum.update(`${source}\0${content.digest}\n`);
  }
  return { digest: sum.digest('hex') };
}
