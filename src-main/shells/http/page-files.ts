import { createHash } from 'node:crypto';
import { readFile, realpath, stat } from 'node:fs/promises';
import { extname, join, sep } from 'node:path';

/** One file of the built page. */
export type PageFile = {
  readonly type: string;
  readonly bytes: Buffer;
  readonly tag: string;
  /** Its name changes with its content, so it may be kept for ever. */
  readonly immutable: boolean;
};

export interface PageFiles {
  /** The file at a path as it stood in the address, not decoded. `bad` is a path that no page asks for. */
  find(path: string): Promise<PageFile | 'missing' | 'bad'>;
}

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.map': 'application/json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.wasm': 'application/wasm',
};

/** The files below `root`, and nothing else, kept in memory until they change on disk. */
export function createPageFiles(root: string): PageFiles {
  const kept = new Map<string, { readonly changed: number; readonly file: PageFile }>();

  return {
    async find(path) {
      const names = namesIn(path);
      if (names === 'bad') return 'bad';
      const real = await existing(root, names);
      if (!real) return 'missing';
      const changed = (await stat(real)).mtimeMs;
      const known = kept.get(real);
      if (known?.changed === changed) return known.file;
      const bytes = await readFile(real);
      const file: PageFile = {
        type: TYPES[extname(real)] ?? 'application/octet-stream',
        bytes,
        tag: `"${createHash('sha256').update(bytes).digest('base64url').slice(0, 22)}"`,
        immutable: /[/\\]assets[/\\].+-[\w-]{8,}\.\w+$/.test(real),
      };
      kept.set(real, { changed, file });
      return file;
    },
  };
}

/** The folders and the file that a path names. A path whose last part has no extension is a view of the page, drawn by index.html. */
export function namesIn(path: string): readonly string[] | 'bad' {
  if (/%2f|%5c|%00|\0|\\/i.test(path)) return 'bad';
  let names: string[];
  try {
    names = path.split('/').slice(1).map((name) => decodeURIComponent(name));
  } catch {
    return 'bad';
  }
  if (names.some((name) => name === '..' || name === '.')) return 'bad';
  const last = names.at(-1) ?? '';
  return last.includes('.') ? names : ['index.html'];
}

/** The file's path without links, if it is a file within `root`. Files that begin with a dot are not there. */
async function existing(root: string, names: readonly string[]): Promise<string | undefined> {
  if (names.some((name) => name.startsWith('.'))) return undefined;
  try {
    const [base, real] = await Promise.all([realpath(root), realpath(join(root, ...names))]);
    return real.startsWith(base + sep) && (await stat(real)).isFile() ? real : undefined;
  } catch {
    return undefined;
  }
}
