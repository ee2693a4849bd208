import type { Where } from '#contract/errors.ts';

/** One Compose project to act on: a generated model file with its project name. */
export type ComposeModel = { readonly project: string; readonly directory: string; readonly file: string };

/**
 * The resolved model, as `docker compose config --format json` prints it: what is written back as a model file stays what it was.
 * Only what Backlot reads is typed; the rest is kept as it is. Every `$` in a value is written `$$`: read values through `plainValue`.
 */
export type ResolvedModel = {
  readonly name: string;
  readonly services: Readonly<Record<string, ResolvedService>>;
  readonly networks?: Readonly<Record<string, unknown>>;
  readonly volumes?: Readonly<Record<string, unknown>>;
  readonly [key: string]: unknown;
};

export type ResolvedService = {
  readonly image?: string;
  readonly build?: unknown;
  readonly command?: unknown;
  readonly environment?: Readonly<Record<string, string | null>>;
  readonly depends_on?: Readonly<Record<string, { readonly condition?: string; readonly required?: boolean; readonly restart?: boolean }>>;
  readonly ports?: readonly { readonly target: number; readonly published?: string; readonly host_ip?: string; readonly protocol?: string; readonly mode?: string }[];
  readonly expose?: readonly string[];
  readonly healthcheck?: {
    readonly test?: readonly string[] | null;
    readonly disable?: boolean;
    readonly interval?: string;
    readonly timeout?: string;
    readonly start_period?: string;
    readonly retries?: number;
  };
  readonly labels?: Readonly<Record<string, string>>;
  readonly profiles?: readonly string[];
  readonly restart?: string;
  readonly network_mode?: string;
  readonly networks?: Readonly<Record<string, { readonly aliases?: readonly string[] } | null>>;
  readonly container_name?: string;
  readonly provider?: unknown;
  readonly post_start?: unknown;
  readonly pre_stop?: unknown;
  readonly deploy?: { readonly replicas?: number };
  readonly scale?: number;
  readonly stop_grace_period?: string;
  readonly pull_policy?: string;
  readonly [key: string]: unknown;
};

type ResolveOptions = {
  readonly onWarning?: (text: string) => void;
  /** Filled in where the files ask for them, before the environment's and those of `.env`. */
  readonly variables?: Readonly<Record<string, string>>;
  /** The files are a part of a project: their services may depend on services that other files have. */
  readonly isPart?: boolean;
};

/** Docker Compose, for what it is the authority on. Failures are `compose-invalid` (with file, line and column where known), `compose-failed` or `compose-missing`. */
export interface Compose {
  /** Resolves Compose files; `directory` is the first file's folder unless said otherwise. All profiles are included. Needs no engine. */
  resolve(files: readonly string[], directory: string, signal: AbortSignal, options?: ResolveOptions): Promise<ResolvedModel>;
  /** Names of the variables that the files, and what they include or extend, ask for. */
  variablesIn(files: readonly string[]): Promise<ReadonlySet<string>>;
  /** The files, those that they include, extend or take variables from, and where variables are looked for beside them; also what is not there. Never fails. */
  sourcesOf(files: readonly string[]): Promise<string[]>;
  /** Where the key at a path stands in the files, or in what they include or extend; `undefined` where it comes from nowhere that is understood. */
  whereIs(files: readonly string[], path: readonly string[]): Promise<Where | undefined>;
  /** Makes networks, volumes and containers of these services, anew where they differ from the model, and starts none. */
  create(model: ComposeModel, services: readonly string[], signal: AbortSignal): Promise<void>;
  build(model: ComposeModel, services: readonly string[], onLine: (line: string) => void, signal: AbortSignal): Promise<void>;
  /** Starts services as Compose itself would, hooks and providers included, without what they depend on. */
  startAsCompose(model: ComposeModel, services: readonly string[], signal: AbortSignal): Promise<void>;
  version(signal: AbortSignal): Promise<string>;
}

/** A value of a resolved model as the container gets it: `$` where the model writes `$$`. */
export function plainValue(text: string): string {
  return text.replaceAll('$$', () => '$');
}
