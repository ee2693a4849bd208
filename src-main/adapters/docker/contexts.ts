import { createHash } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { BacklotError } from '#contract/errors.ts';
import { nearest } from '#core/nearest.ts';
import type { Tls } from './endpoint.ts';

/** A Docker context as it is stored; `host` is absent where it has no Docker endpoint. */
export type StoredContext = { readonly name: string; readonly description?: string; readonly host?: string; readonly file: string; readonly tls?: Tls };

/** The folder that the docker CLI keeps its settings in. */
export function configDirectory(environment: Readonly<Record<string, string | undefined>>, home: string): string {
  return environment['DOCKER_CONFIG'] || join(home, '.docker');
}

/** The docker CLI's own settings. A file that cannot be read counts as empty, as it does for the docker CLI, and says so in `problem`. */
export function readDockerConfig(directory: string): { readonly file: string; readonly content: Readonly<Record<string, unknown>>; readonly problem?: string } {
  const file = join(directory, 'config.json');
  try {
    const content: unknown = JSON.parse(readFileSync(file, 'utf8'));
    if (isRecord(content)) return { file, content };
    return { file, content: {}, problem: 'it is not a JSON object' };
  } catch (error) {
    if (isMissing(error)) return { file, content: {} };
    return { file, content: {}, problem: error instanceof SyntaxError ? 'it is not valid JSON' : String((error as Error).message) };
  }
}

/** Reads one context by name. Fails with `context-invalid` where it is missing or malformed. */
export function readContext(directory: string, name: string): StoredContext {
  const id = createHash('sha256').update(name).digest('hex');
  const file = join(directory, 'contexts', 'meta', id, 'meta.json');
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw missingContext(directory, name, file, error);
  }
  const context = parseContext(file, text);
  const tls = readTls(join(directory, 'contexts', 'tls', id, 'docker'), context.skipVerify);
  return { ...context.stored, ...(tls && { tls }) };
}

/** Every context that is stored and can be read, by name. */
export function readContexts(directory: string): StoredContext[] {
  const meta = join(directory, 'contexts', 'meta');
  let folders: string[];
  try {
    folders = readdirSync(meta);
  } catch {
    return [];
  }
  const contexts = folders.flatMap((folder) => {
    const file = join(meta, folder, 'meta.json');
    try {
      return [parseContext(file, readFileSync(file, 'utf8')).stored];
    } catch {
      // A broken context is told of when it is asked for; it must not hide the others.
      return [];
    }
  });
  return contexts.sort((a, b) => (a.name < b.name ? -1 : 1));
}

function parseContext(file: string, text: string): { readonly stored: StoredContext; readonly skipVerify: boolean } {
  let meta: unknown;
  try {
    meta = JSON.parse(text);
  } catch (cause) {
    throw malformed(file, 'it is not valid JSON', cause);
  }
  if (!isRecord(meta) || typeof meta['Name'] !== 'string') throw malformed(file, 'it has no Name');
  const endpoints = isRecord(meta['Endpoints']) ? meta['Endpoints'] : {};
  const docker = isRecord(endpoints['docker']) ? endpoints['docker'] : {};
  const description = isRecord(meta['Metadata']) ? meta['Metadata']['Description'] : undefined;
  return {
    stored: {
      name: meta['Name'],
      file,
      ...(typeof description === 'string' && description && { description }),
      ...(typeof docker['Host'] === 'string' && { host: docker['Host'] }),
    },
    skipVerify: docker['SkipTLSVerify'] === true,
  };
}

/** The certificates in a folder, or nothing where it holds none and `skipVerify` is not set. */
export function readTls(directory: string, skipVerify: boolean): Tls | undefined {
  const read = (name: string) => {
    try {
      return readFileSync(join(directory, name));
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw new BacklotError('context-invalid', `A certificate of the engine cannot be read: ${(error as Error).message}`, { where: { file: join(directory, name) }, cause: error });
    }
  };
  const [ca, cert, key] = [read('ca.pem'), read('cert.pem'), read('key.pem')];
  if (!ca && !cert && !key && !skipVerify) return undefined;
  return { verify: !skipVerify, ...(ca && { ca }), ...(cert && { cert }), ...(key && { key }) };
}

function missingContext(directory: string, name: string, file: string, cause: unknown): BacklotError {
  if (!isMissing(cause)) return malformed(file, (cause as Error).message, cause);
  const names = ['default', ...readContexts(directory).map((context) => context.name)];
  const near = nearest(name, names);
  const ordered = near === undefined ? names : [near, ...names.filter((other) => other !== near)];
  return new BacklotError('context-invalid', `There is no Docker context ${JSON.stringify(name)}`, {
    where: { file },
    fix: `Choose one that exists: ${ordered.join(', ')}.`,
  });
}

function malformed(file: string, why: string, cause?: unknown): BacklotError {
  return new BacklotError('context-invalid', `The Docker context's file cannot be used: ${why}`, {
    where: { file },
    fix: 'Make the context again with `docker context rm` and `docker context create`, or choose another one.',
    cause,
  });
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);
const isMissing = (error: unknown) => error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR');
