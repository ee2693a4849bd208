import path from 'node:path';
import { BacklotError } from '#contract/errors.ts';
import type { Where } from '#contract/errors.ts';
import type { ProjectFiles } from '#ports/project-files.ts';
import { findComposeFiles, PROJECT_FILE } from './find-project.ts';
import type { ProjectFile } from './project-schema.ts';
import { checkProjectFile, throwFaults, type ProjectSource } from './read-project-file.ts';

/** The project itself, or a component of it: a folder with its files. */
export type Part = {
  /** As the file that names it calls it; the project itself has none. */
  readonly component: string | undefined;
  readonly directory: string;
  readonly source?: ProjectSource;
  readonly composeFiles: readonly string[];
};

/** A component whose folder is not there. */
export type MissingComponent = {
  readonly name: string;
  /** Where its folder should be; absolute. */
  readonly path: string;
  /** The folder of the file that names it. */
  readonly from: string;
  readonly git?: string;
  readonly ref?: string;
  readonly where: Where;
};

export type FoundParts = { readonly parts: readonly Part[]; readonly missing: readonly MissingComponent[] };

type PartPorts = { readonly files: ProjectFiles; readonly readSource: (bytes: Uint8Array, file: string, directory: string) => Promise<ProjectSource> };

/**
 * Every component of a project, and theirs, nearest first. A folder is taken once, by its own path with links resolved, so that components may
 * name each other, themselves, and the project.
 */
export async function findParts(root: Part, ports: PartPorts): Promise<FoundParts> {
  const parts = new Map([[root.directory, root]]);
  const missing: MissingComponent[] = [];
  for (let wave: readonly Part[] = [root]; wave.length > 0; ) {
    const found = await Promise.all(wave.flatMap((part) => declaredBy(part).map((declared) => open(declared, ports))));
    const fresh: Part[] = [];
    for (const entry of found) {
      if ('where' in entry) missing.push(entry);
      else if (!parts.has(entry.directory)) {
        const part = { ...entry, component: freeName(entry, [...parts.values()]) };
        parts.set(part.directory, part);
        fresh.push(part);
      }
    }
    wave = fresh;
  }
  return { parts: [...parts.values()], missing: missing.filter(({ path: folder }, index) => missing.findIndex((other) => other.path === folder) === index) };
}

/** Fails where a component's folder is not there, saying for each where it can be had. */
export function refuseMissing(missing: readonly MissingComponent[]): void {
  const [first, ...also] = missing.map(({ name, path: folder, git, ref, where }) => ({
    message: `The component ${name} is not checked out: there is no folder ${folder}`,
    where,
    fix: git === undefined ? 'Check it out there, or mend the path.' : `git clone ${ref === undefined ? '' : `--branch ${ref} `}${quoted(withoutPassword(git))} ${quoted(folder)}`,
  }));
  if (first) throw new BacklotError('component-missing', first.message, { where: first.where, fix: first.fix, ...(also.length > 0 && { also }) });
}

/** A URL as it may be shown. */
export function withoutPassword(url: string): string {
  return url.replace(/^([a-z][a-z0-9+.-]*:\/\/[^/@:]*):[^/@]*@/i, '$1:…@');
}

/** What the part's file says of components, where it says it well; the check of the file tells what is wrong where not. */
function declaredBy({ source, directory }: Part): MissingComponent[] {
  const { components } = (source?.yaml.value ?? {}) as { components?: ProjectFile['components'] };
  if (typeof components !== 'object' || components === null || !source) return [];
  return Object.entries(components).flatMap(([name, component]) => {
    const { path: given, git, ref } = (component ?? {}) as { path?: unknown; git?: unknown; ref?: unknown };
    if (typeof given !== 'string' || given === '') return [];
    const where = source.yaml.whereIsKey(['components', name]);
    return [{ name, path: path.resolve(directory, given), from: directory, where, ...(typeof git === 'string' && { git: /^\.\.?\//.test(git) ? path.resolve(directory, git) : git }), ...(typeof ref === 'string' && { ref }) }];
  });
}

async function open(declared: MissingComponent, { files, readSource }: PartPorts): Promise<Part | MissingComponent> {
  const { name, where } = declared;
  const directory = await files.realDirectory(declared.path).catch((error: unknown) => {
    throw new BacklotError('config-invalid', `The folder of the component ${name}, ${declared.path}, cannot be opened`, { where, cause: (error as Error).cause ?? error, fix: 'Mend the path, or the link that it leads over.' });
  });
  if (directory === undefined) return declared;
  const file = path.join(directory, PROJECT_FILE);
  const bytes = await files.read(file, 'config-invalid');
  const source = bytes && (await readSource(bytes, file, directory));
  if (source) checkProjectFile(source);
  const part = { component: name, directory, composeFiles: await composeFilesOf(source, directory, files), ...(source && { source }) };
  if (!source && part.composeFiles.length === 0) throw empty(declared);
  return part;
}

/** The Compose files that a file names, else those that Compose would find. */
export async function composeFilesOf(source: ProjectSource | undefined, directory: string, files: ProjectFiles): Promise<string[]> {
  const named = source && namedFiles(source.yaml.value);
  const names = named ?? (await findComposeFiles(directory, files));
  const composeFiles = names.map((name) => path.resolve(directory, name));
  if (source && named) await refuseAbsent(composeFiles, source, files);
  return composeFiles;
}

/** What `compose` says, where it is what it must be; the schema says what is wrong where not. */
export function namedFiles(value: unknown): string[] | undefined {
  const { compose } = (value ?? {}) as { compose?: unknown };
  const list = typeof compose === 'string' ? [compose] : compose;
  return Array.isArray(list) && list.length > 0 && list.every((name) => typeof name === 'string' && name !== '') ? (list as string[]) : undefined;
}

async function refuseAbsent(composeFiles: readonly string[], { yaml }: ProjectSource, files: ProjectFiles): Promise<void> {
  const present = await Promise.all(composeFiles.map((file) => files.exists(file)));
  const isList = Array.isArray((yaml.value as { compose?: unknown }).compose);
  throwFaults(
    composeFiles.flatMap((file, index) =>
      present[index] ? [] : [{ message: `There is no Compose file ${file}`, where: yaml.whereIs(isList ? ['compose', index] : ['compose']), fix: `Correct its path: it is relative to ${path.dirname(yaml.file)}.` }],
    ),
  );
}

/** Two checkouts may be called alike by different files: the second one gets a number. */
function freeName({ component = '' }: Part, parts: readonly Part[]): string {
  const taken = new Set(parts.map((part) => part.component));
  let name = component;
  for (let number = 2; taken.has(name); number++) name = `${component}-${number}`;
  return name;
}

function empty({ name, path: folder, git, where }: MissingComponent): BacklotError {
  return new BacklotError('config-invalid', `The component ${name} has neither ${PROJECT_FILE} nor a Compose file in ${folder}`, {
    where,
    fix: git === undefined ? 'Mend the path, or write a compose.yaml there.' : `Mend the path; or remove the folder, and backlot up clones it from ${withoutPassword(git)}.`,
  });
}

function quoted(text: string): string {
  return /^[\w@%+=:,./~-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
