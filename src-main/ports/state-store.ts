import type { PortMapping } from '#contract/project.ts';

/** A host port, or the range that the engine was to pick it from. */
type RecordedPort = PortMapping & { readonly range?: string };

/** What a container was seen to become. `settled`: ready, but nothing could be asked; it ran for a moment. */
export type SeenState = 'ready' | 'settled' | 'done';

/** What one environment was last made from, and how that went. */
export type EnvironmentRecord = {
  readonly project: string;
  readonly directory: string;
  readonly set: string;
  readonly composeProject: string;
  /** The model it was made from, by service; texts, to say what changed. */
  readonly services: Readonly<Record<string, string>>;
  /** The host ports that each service got, so that what does not change keeps them. */
  readonly ports: Readonly<Record<string, readonly RecordedPort[]>>;
  /** What each container start was seen to become, by "<container id>@<start time>". */
  readonly ready: Readonly<Record<string, SeenState>>;
  /** When the engine's own latest health probe before that ended, by the same keys and its own clock. */
  readonly probed?: Readonly<Record<string, string>>;
  /** Names of services that the set leaves out, by the service that answers to them. */
  readonly standIns?: Readonly<Record<string, readonly string[]>>;
  /** Work that began and was not seen to end. */
  readonly unfinished?: { readonly operation: string; readonly method: string; readonly began: string };
};

/** What is remembered of an environment even while it is down. */
export type Remembered = {
  /** Host ports that stand in for others that were taken, by service and port of its container. */
  readonly remapped: Readonly<Record<string, Readonly<Record<string, { readonly asked: number; readonly given: number }>>>>;
  /** The most memory that one container of each service was seen to use; bytes. */
  readonly memory: Readonly<Record<string, number>>;
};

export type LockOwner = { readonly pid: number; readonly shell: string; readonly method: string; readonly since: string };

/** Files below the state folder that every shell on this machine shares. Writes are atomic; a full disk is `disk-full`. */
export interface StateStore {
  readEnvironment(composeProject: string, directory: string): Promise<EnvironmentRecord | undefined>;
  writeEnvironment(record: EnvironmentRecord): Promise<void>;
  removeEnvironment(composeProject: string, directory: string): Promise<void>;
  listEnvironments(): Promise<EnvironmentRecord[]>;
  readRemembered(composeProject: string, directory: string): Promise<Remembered>;
  /** Replaces the parts that are given. */
  remember(composeProject: string, directory: string, parts: Partial<Remembered>): Promise<void>;
  /** Whether this user's Backlot ever worked on the environment, recorded or not. */
  knowsEnvironment(composeProject: string, directory: string): Promise<boolean>;
  /** Writes the generated Compose model and returns its path. */
  writeModel(composeProject: string, directory: string, text: string): Promise<string>;
  /**
   * Holds the environment's lock while `work` runs. Waits for a living owner, telling `onWait` who it is; takes over from a dead one.
   */
  withLock<Result>(
    environment: { readonly composeProject: string; readonly directory: string; readonly method: string },
    onWait: (owner: LockOwner) => void,
    work: () => Promise<Result>,
    signal: AbortSignal,
  ): Promise<Result>;
  /** Who holds the environment's lock now, if anybody alive does. */
  lockOwner(environment: { readonly composeProject: string; readonly directory: string }): Promise<LockOwner | undefined>;
  /** Remembers that a project was opened, latest first. */
  rememberProject(reference: { readonly directory: string; readonly name: string }): Promise<void>;
  forgetProject(directory: string): Promise<void>;
  listProjects(): Promise<{ readonly directory: string; readonly name: string }[]>;
}
