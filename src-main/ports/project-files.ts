import type { FailureCode } from '#contract/errors.ts';

/** `why` follows the path in a sentence. */
export type ContentDigest = { readonly digest: string } | { readonly why: string };

/** Files that people write in their projects. */
export interface ProjectFiles {
  /** The folder's own path, links resolved; `undefined` where there is no such folder. */
  realDirectory(directory: string): Promise<string | undefined>;
  /** Names of the files and folders in a folder, but hidden ones, in order; `undefined` where it does not exist. */
  namesIn(folder: string): Promise<string[] | undefined>;
  /** Whether a regular file is there. */
  exists(file: string): Promise<boolean>;
  /** A digest of the names and contents of the files below a folder that are wanted, by their paths from there, and how many they are. */
  digestOf(folder: string, isWanted: (relative: string) => boolean): Promise<{ readonly digest: string; readonly files: number }>;
  /** A digest of a file's content, or of everything below a folder; or why there is none. Nothing that is there is refused. */
  contentOf(source: string): Promise<ContentDigest>;
  /** The file's bytes; `undefined` where it does not exist. One that is too large, no file, or not readable fails with `code`. */
  read(file: string, code: Extract<FailureCode, 'config-invalid' | 'compose-invalid'>): Promise<Uint8Array | undefined>;
  /** Writes the whole file or nothing of it, and makes its folder where there is none. Without `replace`, answers false where one is already there. */
  write(file: string, text: string, options: { readonly replace: boolean }): Promise<boolean>;
}
