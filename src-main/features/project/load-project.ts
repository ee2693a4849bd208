import path from 'node:path';
import { BacklotError } from '#contract/errors.ts';
import { decodeSource } from '#core/yaml/decode-source.ts';
import type { Compose, ResolvedModel } from '#ports/compose.ts';
import type { ProjectFiles } from '#ports/project-files.ts';
import { buildProject } from './build-project.ts';
import { readDotenv } from './dotenv.ts';
import { findComposeFiles, PROJECT_FILE } from './find-project.ts';
import type { LoadProject } from './project.ts';
import type { ProjectFile } from './project-schema.ts';
import { checkProjectFile, readProjectSource, throwFaults, type ProjectSource } from './read-project-file.ts';

export type LoadPorts = {
  readonly compose: Compose;
  readonly files: ProjectFiles;
  readonly environment: Readonly<Record<string, string | undefined>>;
};

/** Reads, checks, resolves, and closes the sets. Compose resolves while the file is still being checked: it takes most of the time. */
export function createLoadProject(ports: LoadPorts): LoadProject {
  return async (given, signal) => {
    const directory = await ports.files.realDirectory(given);
    const file = path.join(directory ?? given, PROJECT_FILE);
    const bytes = directory === undefined ? undefined : await ports.files.read(file, 'config-invalid');
    if (directory === undefined || bytes === undefined) throw missing(given);
    const source = await readSource(bytes, file, directory, ports);
    const resolving = new AbortController();
    const resolution = settle(resolve(source, directory, ports, AbortSignal.any([signal, resolving.signal])));
    const declared = checkOrAbort(source, resolving);
    const { composeFiles, model, warnings } = await resolution.then(unwrap);
    return buildProject({ directory, declared, yaml: source.yaml, composeFiles, model, warnings: [...source.warnings, ...warnings] });
  };
}

export async function readSource(bytes: Uint8Array, file: string, directory: string, { files, environment }: Omit<LoadPorts, 'compose'>): Promise<ProjectSource> {
  const dotenv = bytes.includes(DOLLAR) ? await files.read(path.join(directory, '.env'), 'config-invalid') : undefined;
  return readProjectSource(bytes, file, () => ({
    ...(dotenv && readDotenv(decodeSource(dotenv, { file: path.join(directory, '.env'), code: 'config-invalid' }))),
    ...Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== undefined)),
  }));
}

const DOLLAR = '$'.charCodeAt(0);

type Resolution = { readonly composeFiles: readonly string[]; readonly model: ResolvedModel; readonly warnings: readonly string[] };

async function resolve(source: ProjectSource, directory: string, { compose, files }: LoadPorts, signal: AbortSignal): Promise<Resolution> {
  const named = composeFilesOf(source.yaml.value);
  const names = named ?? (await findComposeFiles(directory, files));
  if (names.length === 0) throw noComposeFile(source, directory);
  const composeFiles = names.map((name) => path.resolve(directory, name));
  if (named) await refuseMissing(composeFiles, source, files);
  const warnings: string[] = [];
  const model = await compose.resolve(composeFiles, path.dirname(composeFiles[0] ?? directory), signal, (warning) => warnings.push(warning));
  return { composeFiles, model, warnings };
}

/** What `compose` says, where it is what it must be; the schema says what is wrong where not. */
function composeFilesOf(value: unknown): string[] | undefined {
  const { compose } = (value ?? {}) as { compose?: unknown };
  const list = typeof compose === 'string' ? [compose] : compose;
  return Array.isArray(list) && list.length > 0 && list.every((name) => typeof name === 'string' && name !== '') ? (list as string[]) : undefined;
}

async function refuseMissing(composeFiles: readonly string[], { yaml }: ProjectSource, files: ProjectFiles): Promise<void> {
  const present = await Promise.all(composeFiles.map((file) => files.exists(file)));
  const isList = Array.isArray((yaml.value as { compose?: unknown }).compose);
  throwFaults(
    composeFiles.flatMap((file, index) =>
      present[index] ? [] : [{ message: `There is no Compose file ${file}`, where: yaml.whereIs(isList ? ['compose', index] : ['compose']), fix: `Correct its path: it is relative to ${path.dirname(yaml.file)}.` }],
    ),
  );
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

function missing(directory: string): BacklotError {
  return new BacklotError('project-missing', `There is no ${PROJECT_FILE} in ${directory}`, { fix: 'backlot init writes one beside a Compose file.' });
}

function noComposeFile({ yaml }: ProjectSource, directory: string): BacklotError {
  return new BacklotError('config-invalid', `There is no Compose file in ${directory}`, {
    where: yaml.whereIs([]),
    fix: 'Write compose.yaml, or name your Compose files: compose: [path/to/compose.yaml]',
  });
}
