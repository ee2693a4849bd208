import type { FailureCode } from '#contract/errors.ts';

/** `why` follows the path in a sentence. */
export type ContentDigest = { readonly digest: string } | { readonly why: string };

export type FileWatch = {
  /** Resolves when any of the files may have changed since the watch began and nothing has touched them for a moment; or on abort. */
  changed(signal: AbortSignal): Promise<void>;
  close(): void;
};

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
  /** Tells whether what stands in these files is what stood there; one that is not there, or cannot be read, has a state too. */
  stateOf(files: readonly string[]): Promise<string>;
  /** Watches files, of which any may not be there, until it is closed. Where the system does not allow that, nothing is ever told. */
  watch(files: readonly string[]): FileWatch;
  /** Writes the whole file or nothing of it, and makes its folder where there is none. Without `replace`, answers false where one is already there. */
  write(file: string, text: string, options: { readonly replace: boolean }): Promise<boolean>;
}
