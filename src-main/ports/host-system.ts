/** What a machine is, as far as setting it up depends on it. */
export type HostFacts = {
  readonly release: Release;
  /** We may install packages and start services. */
  readonly root: boolean;
  readonly systemd: boolean;
  readonly engine: EngineSight;
  /** Version of Compose v2, where there is one. */
  readonly compose?: string;
  /** Version of the build plugin, where there is one. */
  readonly buildx?: string;
  /** Where a Chromium or Chrome lies. */
  readonly browser?: string;
  /** The tool that makes a base image out of packages is installed. */
  readonly debootstrap: boolean;
};

export type Release = { readonly family: 'debian' | 'ubuntu' | 'other'; readonly version: number; readonly name: string };

/** What was found where the engine is looked for. */
export type EngineSight =
  | { readonly kind: 'answers'; readonly version: string }
  | { readonly kind: 'missing' }
  | { readonly kind: 'stopped' }
  /** There, but this user may not talk to it. */
  | { readonly kind: 'denied'; readonly socket: string }
  /** The user chose another endpoint than this machine's own, and it is silent. */
  | { readonly kind: 'elsewhere'; readonly choice: string; readonly cause: string };

export type PluginName = 'docker-compose' | 'docker-buildx';

/** An image that is the namesake of a public one, made on this machine. */
export type ImageRecipe = {
  readonly name: string;
  /** Its folder below resources/images. */
  readonly folder: string;
  /** Backlot's own: no registry is asked for it, where anybody might have put something of that name. */
  readonly own?: true;
  /** Packages of the npm registry that its build needs, by the name under which the build finds them. */
  readonly npm?: Readonly<Record<string, NpmPart>>;
};

/** One path inside an npm package; `.` is all of it. `{arch}` stands for this machine's, as Node calls it. */
export type NpmPart = { readonly package: string; readonly path: string };

/** The machine that Backlot is set up on. Every change is written to the log with its output. */
export interface HostSystem {
  /** The file that the output of every step goes to. */
  readonly log: string;
  /** Looks, changes nothing, and fails for nothing that is merely absent. */
  observe(signal: AbortSignal): Promise<HostFacts>;
  /** Names with tags of the images that the engine has. */
  listImages(signal: AbortSignal): Promise<readonly string[]>;
  installPackages(names: readonly string[], signal: AbortSignal): Promise<void>;
  /** Puts the engine client's plugins into this user's own folder. */
  installPlugins(names: readonly PluginName[], signal: AbortSignal): Promise<void>;
  /** Resolves when the engine answers. It outlives this process. */
  startEngine(signal: AbortSignal): Promise<void>;
  /** Asks the registry for an image; false when none gave it. A registry that does not answer is given up quickly. */
  pullImage(name: string, signal: AbortSignal): Promise<boolean>;
  /** Makes the base image that the recipes start from. */
  buildBase(recipe: ImageRecipe, signal: AbortSignal): Promise<void>;
  buildImage(recipe: ImageRecipe, signal: AbortSignal): Promise<void>;
  /** Runs `work` while nobody else sets this machine up. */
  withLock<Result>(onWait: (pid: number) => void, work: () => Promise<Result>, signal: AbortSignal): Promise<Result>;
}
