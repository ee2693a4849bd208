import type { GuardMode, HostNames } from '#contract/names.ts';

/** The place of the resolver on this machine. */
export type ResolverPlace = { readonly address: string; readonly port: number };

export type SetReference = { readonly directory: string; readonly set: string };

/** What this user's part of the resolver answers by. */
type Publication = {
  /** Addresses with names, and domains with what becomes of their other names. */
  readonly lines: readonly string[];
  /** The sets that these are for: where nothing is left of any on the engine, anybody may take them out. */
  readonly sets: readonly SetReference[];
  /** Nobody else takes them out, whatever is up. */
  readonly stays: boolean;
  /** Every set, of whichever user, that anything is left of on the engine. */
  readonly alive: readonly SetReference[];
};

/** The names of one environment that is, or lately was, up: what cannot be read from its containers. */
export type PublishedSet = {
  readonly project: string;
  readonly directory: string;
  readonly set: string;
  readonly addresses: 'localhost' | 'own';
  readonly suffixes: readonly string[];
  readonly guard: GuardMode;
  readonly allow: readonly string[];
  /** Every name with its owners. */
  readonly names: Readonly<Record<string, readonly string[]>>;
  /** The engine that it is on. */
  readonly engine: string;
  /** When it was brought up last, RFC 3339. */
  readonly at: string;
};

/** The resolver of this machine: one for all users and projects of a port, on loopback, that answers without Backlot running. */
export interface HostResolver {
  /** Of its container. */
  readonly name: string;
  /** Where it is to run; absent where this user does without it. One that was set wrongly fails with `input-invalid`. */
  readonly place: ResolverPlace | undefined;
  /** Its container, where it runs. */
  find(signal: AbortSignal): Promise<{ readonly id: string } | undefined>;
  /** Starts it where it does not run. Fails with `resolver-failed` where the port or the image is not to be had. */
  start(signal: AbortSignal): Promise<{ readonly id: string }>;
  /** Makes it answer by these lines in the place of this user's. Answers of before are over when it resolves. */
  publish(id: string, publication: Publication, signal: AbortSignal): Promise<void>;
  /** Takes this user's names out, and ends it where nobody else's are left. */
  withdraw(id: string, alive: readonly SetReference[], signal: AbortSignal): Promise<void>;
  /** Whether it has names of other users. */
  isShared(id: string, alive: readonly SetReference[], signal: AbortSignal): Promise<boolean>;
}

/** A file as it is: bytes, mode and owner. */
export type FoundFile = { readonly content: Uint8Array; readonly mode: number; readonly uid: number; readonly gid: number };

/** What a system setting is and shall be. `undefined` is absence. */
export type FileChange = { readonly path: string; readonly before: FoundFile | undefined; readonly after: FoundFile | undefined };

/** What this machine's system is, as far as resolving names depends on it. */
export type SystemFacts = {
  readonly platform: string;
  /** Of systemd-resolved, where it resolves for this machine: its version, its configuration apart from ours, and the servers of links as it tells them. */
  readonly resolved: { readonly version: number; readonly configurations: readonly string[]; readonly links: string } | undefined;
  /** Who owns what is made. */
  readonly owner: { readonly uid: number; readonly gid: number };
};

/** Everything that one installation, or its undoing, does to the system: files, domains in the Windows policy, and commands afterwards. */
export type SystemChanges = {
  readonly files: readonly FileChange[];
  /** Folders that are removed where nothing is left in them. */
  readonly emptied: readonly string[];
  readonly rules: { readonly before: readonly string[]; readonly after: readonly string[]; readonly server: string } | undefined;
  readonly commands: readonly (readonly string[])[];
};

/** The system's own settings for resolving names. */
export interface SystemResolving {
  facts(signal: AbortSignal): Promise<SystemFacts>;
  read(path: string): Promise<FoundFile | undefined>;
  /** Paths of the files in a folder; none where there is no such folder. */
  list(folder: string): Promise<string[]>;
  /** Domains of our rules in the Windows policy. */
  rules(signal: AbortSignal): Promise<string[]>;
  /** Folders above the path that are not there, outermost first. */
  missingFolders(path: string): Promise<string[]>;
  /**
   * Refuses, before anything is changed, where this user may not do that, with the command that can. `verb` is what is to be run again after it.
   */
  assertRights(changes: SystemChanges, verb: string): Promise<void>;
  /** Each file as a whole or not at all. Refuses a file that is not what it was when this was planned. */
  apply(changes: SystemChanges, signal: AbortSignal): Promise<void>;
}

/** What was found before the first change, so that it can be put back, and what was made of it. */
export type Installation = {
  readonly mechanism: HostNames['mechanism'];
  readonly projects: readonly Pick<PublishedSet, 'directory' | 'suffixes' | 'guard' | 'allow'>[];
  readonly originals: readonly { readonly path: string; readonly found: FoundFile | undefined }[];
  readonly written: readonly { readonly path: string; readonly content: Uint8Array }[];
  /** Folders that were not there. */
  readonly folders: readonly string[];
  /** A change of the system began and was not seen to end. */
  readonly pending: boolean;
};

/** What Backlot remembers of names on this machine. */
export interface HostNameRecords {
  readInstallation(): Promise<Installation | undefined>;
  writeInstallation(installation: Installation): Promise<void>;
  removeInstallation(): Promise<void>;
  listSets(): Promise<PublishedSet[]>;
  writeSet(set: PublishedSet): Promise<void>;
  removeSet(set: SetReference): Promise<void>;
  /** What the resolver was told last, as `publish` left it. */
  readPublished(): Promise<{ readonly container: string; readonly lines: readonly string[] } | undefined>;
  writePublished(published: { readonly container: string; readonly lines: readonly string[] } | undefined): Promise<void>;
}
