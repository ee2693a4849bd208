import path from 'node:path';
import { BacklotError } from '#contract/errors.ts';
import { decodeSource } from '#core/yaml/decode-source.ts';
import type { Compose } from '#ports/compose.ts';
import type { ProjectFiles } from '#ports/project-files.ts';
import { buildProject, type ProjectParts } from './build-project.ts';
import { readDotenv } from './dotenv.ts';
import { composeFilesOf, findParts, refuseMissing, type Part } from './find-parts.ts';
import { PROJECT_FILE } from './find-project.ts';
import type { LoadProject, Project } from './project.ts';
import type { ProjectFile } from './project-schema.ts';
import { readParts } from './read-parts.ts';
import { checkProjectFile, readProjectSource, type ProjectSource } from './read-project-file.ts';
import { PartResolver, type SetVariables } from './resolve-parts.ts';
import { foreseeEnvironment } from './set-environment.ts';
import { setNamesOf } from './set-names.ts';

export type LoadPorts = {
  readonly compose: Compose;
  readonly files: ProjectFiles;
  readonly environment: Readonly<Record<string, string | undefined>>;
};

/** Reads, checks, resolves, and closes the sets. Compose resolves while the file is still being checked: it takes most of the time. */
export function createLoadProject(ports: LoadPorts): LoadProject {
  return async (given, signal) => {
    const { source, directory } = await openProject(given, ports);
    const resolving = new AbortController();
    const resolution = settle(resolve(source, directory, ports, AbortSignal.any([signal, resolving.signal])));
    const declared = checkOrAbort(source, resolving);
    const { parts, read, warnings } = await resolution.then(unwrap);
    const profiles = await usualProfiles(directory, ports);
    const build = (readings: ProjectParts['readings']) => buildProject({ directory, ...describeParts(declared, source, parts), readings, profiles, warnings: [...source.warnings, ...warnings] });
    const foreseen = foreseenVariables(source.yaml.value);
    const first = await read(foreseen);
    const project = build(first);
    // What a set says of its services is known only now; only files that ask for it are resolved again.
    const known = variablesOf(project);
    const readings = JSON.stringify(known) === JSON.stringify(foreseen) ? first : await read(known);
    return Object.keys(readings).every((set) => readings[set]?.model === first[set]?.model) ? project : build(readings);
  };
}

/** The file of a project's folder, read and filled in, not yet checked. */
export async function openProject(given: string, ports: Omit<LoadPorts, 'compose'>): Promise<{ readonly source: ProjectSource; readonly directory: string }> {
  const directory = await ports.files.realDirectory(given);
  const file = path.join(directory ?? given, PROJECT_FILE);
  const bytes = directory === undefined ? undefined : await ports.files.read(file, 'config-invalid');
  if (directory === undefined || bytes === undefined) {
    throw new BacklotError('project-missing', `There is no ${PROJECT_FILE} in ${given}`, { fix: 'backlot init writes one beside a Compose file.' });
  }
  return { source: await readSource(bytes, file, directory, ports), directory };
}

/** A file with the variables of its own folder's `.env` filled in. */
export async function readSource(bytes: Uint8Array, file: string, directory: string, ports: Omit<LoadPorts, 'compose'>): Promise<ProjectSource> {
  const variables = bytes.includes(DOLLAR) ? await readVariables(directory, ports) : {};
  return readProjectSource(bytes, file, () => variables);
}

/** What a project's file is filled in with: the environment, and what its folder's `.env` adds to that. */
export async function readVariables(directory: string, { files, environment }: Omit<LoadPorts, 'compose'>): Promise<Readonly<Record<string, string | undefined>>> {
  return { ...(await readDotenvOf(directory, files)), ...Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== undefined)) };
}

async function readDotenvOf(directory: string, files: ProjectFiles): Promise<Readonly<Record<string, string>>> {
  const file = path.join(directory, '.env');
  const bytes = await files.read(file, 'config-invalid');
  return bytes ? readDotenv(decodeSource(bytes, { file, code: 'config-invalid' })) : {};
}

/** The profiles that Compose takes where none is asked for: `COMPOSE_PROFILES`, of the environment or else of the project's `.env`. */
export async function usualProfiles(directory: string, { files, environment }: LoadPorts): Promise<string[]> {
  const text = environment['COMPOSE_PROFILES'] ?? (await readDotenvOf(directory, files))['COMPOSE_PROFILES'] ?? '';
  return text.split(',').map((profile) => profile.trim()).filter(Boolean);
}

const DOLLAR = '$'.charCodeAt(0);

type Resolution = {
  readonly parts: readonly Part[];
  readonly read: (sets: SetVariables) => Promise<ProjectParts['readings']>;
  readonly warnings: string[];
};

async function resolve(source: ProjectSource, directory: string, ports: LoadPorts, signal: AbortSignal): Promise<Resolution> {
  const root: Part = { component: undefined, directory, source, composeFiles: await composeFilesOf(source, directory, ports.files) };
  const warnings: string[] = [];
  const warn = (text: string) => warnings.push(text);
  const resolver = new PartResolver({ compose: ports.compose, signal, warn });
  const { parts, missing } = await findParts(root, { files: ports.files, readSource: (bytes, file, folder) => readSource(bytes, file, folder, ports) });
  refuseMissing(missing);
  if (root.composeFiles.length === 0 && parts.length === 1) throw noComposeFile(source, directory);
  for (const part of parts.slice(1)) warnings.push(...(part.source?.warnings ?? []));
  const read = (sets: SetVariables) => readParts(sets, { parts, resolver, compose: ports.compose, warn });
  // Begun here, so that the check of the file need not be waited for; asked for again, it is there.
  await read(foreseenVariables(source.yaml.value));
  return { parts, read, warnings };
}

/** The variables of each set as far as they are known before its services are. Reads only what is as it must be: the file is not checked yet. */
function foreseenVariables(value: unknown): SetVariables {
  const sets = (value as { sets?: unknown } | null)?.sets;
  const { names } = setNamesOf({ sets: typeof sets === 'object' && sets !== null && !Array.isArray(sets) ? (sets as NonNullable<ProjectFile['sets']>) : undefined });
  return Object.fromEntries(
    names.map((name) => {
      const environment = ((sets as Record<string, { environment?: unknown } | null> | undefined)?.[name]?.environment ?? {}) as Record<string, unknown>;
      const texts = Object.entries(environment).flatMap(([key, text]) => (['string', 'number', 'boolean'].includes(typeof text) ? [[key, String(text)] as const] : text === null ? [[key, ''] as const] : []));
      return [name, { ...foreseeEnvironment(Object.fromEntries(texts)), BACKLOT_SET: name }];
    }),
  );
}

function variablesOf({ sets }: Project): SetVariables {
  return Object.fromEntries(Object.values(sets).map(({ name, environment }) => [name, { ...environment, BACKLOT_SET: name }]));
}

function describeParts(declared: ProjectFile, source: ProjectSource, [root, ...others]: readonly Part[]): Pick<ProjectParts, 'declarations' | 'composeFiles' | 'components'> {
  return {
    declarations: [{ file: declared, yaml: source.yaml }, ...others.flatMap((part) => (part.source ? [{ file: checkProjectFile(part.source), yaml: part.source.yaml }] : []))],
    composeFiles: root?.composeFiles ?? [],
    components: others.map(({ component = '', directory }) => ({ name: component, directory })),
  };
}

/** The checked file; where it is not right, Compose need not go on. */
function checkOrAbort(source: ProjectSource, resolving: AbortController): ProjectFile {
  try {
    return checkProjectFile(source);
  } catch (error) {
    resolving.abort();
    throw error;
  }
}

type Settled<Value> = { readonly value: Value } | { readonly error: unknown };

/** Keeps a rejection until somebody asks: the check may fail first, and then nobody does. */
function settle<Value>(promise: Promise<Value>): Promise<Settled<Value>> {
  return promise.then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  );
}

function unwrap<Value>(settled: Settled<Value>): Value {
  if ('error' in settled) throw settled.error;
  return settled.value;
}

function noComposeFile({ yaml }: ProjectSource, directory: string): BacklotError {
  return new BacklotError('config-invalid', `There is no Compose file in ${directory}`, {
    where: yaml.whereIs([]),
    fix: 'Write compose.yaml, or name your Compose files: compose: [path/to/compose.yaml]',
  });
}
