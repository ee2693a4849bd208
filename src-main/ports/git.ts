/** What is checked out, and whether anything differs from it. */
export type Checkout = {
  /** The commit, 40 digits. */
  readonly sha: string;
  /** The commit; with `-dirty-` and a digest of what differs where anything does. */
  readonly name: string;
  readonly dirty: boolean;
  /** Files that differ from the commit, untracked ones included. */
  readonly changes: number;
  /** Absent where the head is detached. */
  readonly branch?: string;
};

/** What a checkout is of. */
export type Revision = Checkout & {
  /** When it was committed, RFC 3339. */
  readonly committed: string;
  /** Where it comes from, without credentials. */
  readonly remote?: string;
  /** The tag on exactly this commit. */
  readonly tag?: string;
};

/** What a commit says of itself. */
export type Commit = { readonly sha: string; readonly subject: string; readonly author: string };

/** Files of a commit, where they lie in the checkout, in a folder that is theirs alone. */
export type CommitFiles = {
  /** What the directory is there. */
  readonly folder: string;
  /** Brings files there; the last part of a path may have stars. Links are followed within the commit. Answers the paths that it does not have, or that lead out of it. */
  readonly bring: (paths: readonly string[], signal: AbortSignal) => Promise<readonly string[]>;
  readonly remove: () => Promise<void>;
};

/** Reads checkouts; never changes one, and runs nothing that stands in one. */
export interface Git {
  /** `undefined` where the folder is in no checkout. One without commits, or that git refuses to read, is `revision-missing`. */
  revision(directory: string, signal: AbortSignal): Promise<Revision | undefined>;
  /** The same without where it comes from and when: that takes one process where nothing differs. */
  checkout(directory: string, signal: AbortSignal): Promise<Checkout | undefined>;
  /** The rest of it. */
  describe(directory: string, checkout: Checkout, signal: AbortSignal): Promise<Revision>;
  /** Whether a branch or tag of its remote holds a commit, now; a text says why that cannot be known. The remote is asked while the commit is still being found out. */
  isPushed(directory: string, commit: string | Promise<string>, signal: AbortSignal): Promise<boolean | string>;
  /** Those of these commits that the checkout has. */
  commits(directory: string, revisions: readonly string[], signal: AbortSignal): Promise<readonly Commit[]>;
  /** `undefined` where the repository does not have the commit. Whoever asks removes them. */
  filesOf(directory: string, commit: string, signal: AbortSignal): Promise<CommitFiles | undefined>;
}
