import path from 'node:path';
import { parse } from 'yaml';
import { BacklotError } from '#contract/errors.ts';
import { decodeSource, type SourceName } from '#core/yaml/decode-source.ts';
import { readYaml } from '#core/yaml/read-yaml.ts';
import { refuseDeep } from '#core/yaml/refuse-deep.ts';
import { createProjectFiles } from '../files/project-files.ts';
import { textPlace } from './find-place.ts';

/** A Compose file as it stands on the disk. */
export type ComposeSource = { readonly file: string; readonly text: string };

const FILE_LIMIT = 64;

/**
 * Reads Compose files, and those that they include or extend, and refuses what would bring Compose down: files that are too large, nest too
 * deep, or multiply themselves by aliases (Compose 2.26 takes 13 GB for 400 bytes of those). What is merely wrong is left for Compose to say.
 */
export async function readSources(files: readonly string[], sources: ComposeSource[] = [], seen = new Set<string>()): Promise<ComposeSource[]> {
  const waiting = files.map((file) => ({ file, named: true }));
  for (let next = waiting.shift(); next; next = waiting.shift()) {
    if (seen.has(next.file)) continue;
    seen.add(next.file);
    if (seen.size > FILE_LIMIT) throw new BacklotError('compose-invalid', `The Compose files include more than ${FILE_LIMIT} others`, { where: { file: next.file } });
    const source = await readSource(next.file, next.named);
    if (!source) continue;
    sources.push(source);
    const references = referencesOf(source);
    refuseRemote(references, source);
    const directory = path.dirname(source.file);
    waiting.push(...references.filter((reference) => !reference.includes('$')).map((reference) => ({ file: path.resolve(directory, reference), named: false })));
  }
  return sources;
}

/** What Compose reads for these files: them, what they include or extend, their files of variables. As far as they can be understood; also what is not there. */
export async function sourcesOf(files: readonly string[]): Promise<string[]> {
  const sources: ComposeSource[] = [];
  const seen = new Set<string>();
  await readSources(files, sources, seen).catch(() => {});
  const beside = sources.flatMap((source) => ['.env', ...variableFilesOf(source)].map((name) => path.resolve(path.dirname(source.file), name)));
  return [...new Set([...seen, ...beside])];
}

async function readSource(file: string, named: boolean): Promise<ComposeSource | undefined> {
  const name: SourceName = { file, code: 'compose-invalid' };
  const bytes = await createProjectFiles().read(file, name.code);
  if (!bytes) {
    if (!named) return undefined;
    throw new BacklotError('compose-invalid', 'There is no such Compose file', { where: { file }, fix: 'Correct its path in backlot.yaml at compose.' });
  }
  const text = decodeSource(bytes, name);
  refuseDeep(text, name);
  if (/&\S/.test(text) && /\*\S/.test(text)) refuseAliasBomb(text, name);
  return { file, text };
}

/** Reads the whole file, but only where it has anchors and aliases. Faults other than the aliases are Compose's to judge. */
function refuseAliasBomb(text: string, name: SourceName): void {
  try {
    readYaml(text, name);
  } catch (error) {
    if (error instanceof BacklotError && /alias/.test(error.message)) throw error;
  }
}

/** What `include` and `extends` name. Anything that is not understood here is left out. */
function referencesOf({ text }: ComposeSource): string[] {
  if (!/^\s*"?(include|extends)"?\s*:|[{,]\s*"?extends"?\s*:/m.test(text)) return [];
  const value = parseLeniently(text);
  const services = Object.values(asRecord(asRecord(value)['services']));
  const extended = services.map((service) => asRecord(asRecord(service)['extends'])['file']);
  const included = asList(asRecord(value)['include']).flatMap((entry) => (typeof entry === 'string' ? [entry] : asList(asRecord(entry)['path'])));
  return [...extended, ...included].filter((reference) => typeof reference === 'string');
}

/** What `env_file` names, of services and of what is included. */
function variableFilesOf({ text }: ComposeSource): string[] {
  if (!/env_file/.test(text)) return [];
  const value = asRecord(parseLeniently(text));
  const named = [...Object.values(asRecord(value['services'])), ...asList(value['include'])].flatMap((entry) => asList(asRecord(entry)['env_file']));
  return named.map((entry) => (typeof entry === 'string' ? entry : asRecord(entry)['path'])).filter((name) => typeof name === 'string' && !name.includes('$')) as string[];
}

/** What Compose would fetch from elsewhere, nobody has seen yet. */
function refuseRemote(references: readonly string[], source: ComposeSource): void {
  const remote = references.find((reference) => /^(https?|git|ssh|oci):|^git@|^github\.com\/|\.git([#:]|$)/.test(reference));
  if (remote === undefined) return;
  throw new BacklotError('compose-invalid', `The Compose file ${remote} is not on this machine`, {
    where: textPlace(remote, [source]),
    fix: 'Check it out beside the project, and name it by its path.',
  });
}

function parseLeniently(text: string): unknown {
  try {
    return parse(text, { merge: true, uniqueKeys: false, strict: false, logLevel: 'silent', maxAliasCount: -1 });
  } catch {
    // Compose will say what is wrong with it.
    return undefined;
  }
}

function asRecord(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}

function asList(value: unknown): unknown[] {
  return Array.isArray(value) ? value : value === undefined ? [] : [value];
}
