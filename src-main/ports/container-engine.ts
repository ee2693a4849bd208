import type { EngineState } from '#contract/engine.ts';
import type { EngineEvent, LogChunk, PullProgress, PushProgress, StatsReading } from './engine-readings.ts';

export type { EngineEvent, LogChunk, PullProgress, PushProgress, StatsReading };
import type { NewStage } from './new-stage.ts';

/** Labels that everything Backlot makes carries. */
export const LABELS = {
  project: 'dev.backlot.project',
  directory: 'dev.backlot.directory',
  set: 'dev.backlot.set',
  /** In the place of directory and set, on what belongs to a stage of a run. */
  run: 'dev.backlot.run',
  stage: 'dev.backlot.stage',
  service: 'dev.backlot.service',
  /** Hash of what the service was made from: another hash means it must be made again. */
  spec: 'dev.backlot.spec',
  version: 'dev.backlot.version',
  /** On what helps a set and is no container of a service of it: `swap`, `names`, `watch`; on what the suite of a stage makes: `suite`; on what fixtures are made and kept in: `capture`, `fixture`, `data`; and on what lets people into a stage that is held: `held`. */
  role: 'dev.backlot.role',
  /** On images that a suite made with the engine, in the place of the labels that their containers would inherit: of which run and stage, as `RUN/STAGE`. */
  suite: 'dev.backlot.suite',
  /** On volumes with a fixture's data: where a service has it mounted. */
  path: 'dev.backlot.path',
  /** On networks whose addresses Backlot chose: which they are. */
  subnet: 'dev.backlot.subnet',
  /** On a swap's containers: which ports lead where, such as `8080=localhost:9000`. */
  swap: 'dev.backlot.swap',
  /** On the containers of a pair: whose it is, which of its servers, and what is released there, by which release. */
  target: 'dev.backlot.target',
  slot: 'dev.backlot.slot', release: 'dev.backlot.release', revision: 'dev.backlot.revision',
  image: 'dev.backlot.released-image',
  /** On services of a pair on a Swarm: how many replicas each has while it serves; on the pair's balancer: how many it has places for. */
  replicas: 'dev.backlot.replicas',
} as const;

/** Version of the labels and of what is made under them. */
export const LABEL_VERSION = '1';

/** Whether a Backlot that this one does not know made it: what that means is not for this one to judge. Pure. */
export function isOfOtherVersion({ labels }: { readonly labels: Readonly<Record<string, string>> }): boolean {
  return (labels[LABELS.version] ?? LABEL_VERSION) !== LABEL_VERSION;
}

export type ContainerState = 'created' | 'running' | 'paused' | 'restarting' | 'removing' | 'exited' | 'dead';
export type Health = 'none' | 'starting' | 'healthy' | 'unhealthy';

/** A container as one list call shows it. */
export type ContainerSummary = {
  readonly id: string;
  readonly name: string;
  readonly image: string;
  readonly imageId: string;
  readonly state: ContainerState;
  readonly health: Health;
  /** The engine's own words, such as "Exited (1) 3 seconds ago". */
  readonly status: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Milliseconds since the epoch, by the engine's clock. */
  readonly created?: number;
  readonly ports: readonly { readonly container: number; readonly host?: number; readonly address?: string; readonly protocol: 'tcp' | 'udp' }[];
  readonly networks: readonly { readonly name: string; readonly address: string; /** Names it has there; lists leave them out. */ readonly aliases?: readonly string[] }[];
  /** The id of the container whose network it has instead of one of its own. */
  readonly networkOf?: string;
};

export type ContainerDetails = ContainerSummary & {
  readonly startedAt: string;
  readonly finishedAt: string;
  readonly exitCode: number;
  readonly outOfMemory: boolean;
  /** The engine's error of the last start, such as a missing command. */
  readonly error: string;
  readonly restarts: number;
  readonly pid: number;
  readonly tty: boolean;
  /** Volumes and folders that it has, and where. `source` is a path of the engine's machine. */
  readonly mounts?: readonly { readonly path: string; readonly source: string; readonly volume?: string }[];
  readonly environment: readonly string[];
  /** The health check in force, from the image or from Compose: `["CMD", …]`, `["CMD-SHELL", text]`; empty where there is none. */
  readonly healthcheck: readonly string[];
  readonly restartPolicy: 'no' | 'always' | 'on-failure' | 'unless-stopped';
  /** The latest probe results of the engine's own health check, newest last. */
  readonly healthLog: readonly { readonly end: string; readonly exitCode: number; readonly output: string }[];
};

/** A container of ours that helps a set, as it is to be made. It gets no privileges, and a file system that cannot be written to. */
export type NewContainer = {
  readonly name: string;
  readonly image: string;
  readonly command: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
  /** This machine's own network, or those that it joins, each with the names and, where it matters, the address that it has there. */
  readonly networks: 'host' | readonly { readonly name: string; readonly aliases: readonly string[]; readonly address?: string }[];
  readonly ports?: readonly { readonly container: number; readonly host: number; readonly address: string; /** TCP where it is not said. */ readonly protocol?: 'tcp' | 'udp' }[];
  /** Folders that it can write to and that go away with it. */
  readonly folders?: readonly string[];
  /** The container whose such folders it shares. */
  readonly foldersOf?: string;
  /** Further names with their addresses; `host-gateway` is the machine that the engine runs on, as far as containers reach it. */
  readonly hosts?: Readonly<Record<string, string>>;
  readonly environment?: Readonly<Record<string, string>>;
  readonly mounts?: readonly { readonly volume: string; readonly path: string; readonly readOnly?: boolean }[];
  /** Folders of the engine's machine that it sees. */
  readonly shared?: readonly { readonly folder: string; readonly path: string }[];
  /** Folders in memory that hide what the image has there. */
  readonly hidden?: readonly string[];
  /** As whom it runs, by number; the image's own user where it is not said. */
  readonly user?: string;
  /** Bytes of memory that it may have. */
  readonly memory?: number;
  /** It makes and keeps data: a user of its own in the image may take over from root there, and its file system can be written to. It does not start again by itself. */
  readonly keepsData?: boolean;
};

/** How a container goes on from where an ended one left off. */
export type Continuation = { readonly name: string; readonly command: readonly string[]; readonly labels: Readonly<Record<string, string>> };

export type NewNetwork = { readonly name: string; readonly labels: Readonly<Record<string, string>>; /** The engine chooses where it is not said. */ readonly subnet?: string };

/** A volume of the engine. */
export type Volume = {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Where it lies on the engine's machine. */
  readonly mountpoint: string;
  readonly options: Readonly<Record<string, string>>;
  /** Milliseconds since the epoch, by the engine's clock. */
  readonly created?: number;
};

/** A volume as it is to be made; with options, it is mounted as they say whenever a container that has it runs. */
export type NewVolume = { readonly name: string; readonly labels: Readonly<Record<string, string>>; readonly options?: Readonly<Record<string, string>> };

/** What an image says of itself. */
export type ImageFacts = {
  readonly id: string;
  readonly exposedPorts: readonly string[];
  readonly size: number;
  /** Folders that it declares to hold data. */
  readonly volumes: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
  /** Where its programs run; the root where it does not say. */
  readonly directory: string;
  /** Such as `linux/amd64`. */
  readonly platform: string;
};

export type NetworkSummary = {
  readonly id: string;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly created?: number;
  /** In CIDR notation. */
  readonly subnets: readonly string[];
  /** The engine machine's own interface on it, where it has one. */
  readonly device: string;
};

export type Network = NetworkSummary & { readonly containers: readonly string[] };

/** A container that runs one command in another container's network, and is gone afterwards. */
export type OneOff = {
  readonly image: string;
  readonly command: readonly string[];
  /** The container whose network, and whose way of resolving names, it shares. */
  readonly networkOf: string;
  readonly labels: Readonly<Record<string, string>>;
};

export type ExecResult = {
  /** As in a shell: 126 or 127 for a command that cannot be run or is not there, 124 where its time-out ended it. */
  readonly exitCode: number;
  /** Both streams, the first 4 KiB unless more was asked for. */
  readonly output: string;
  readonly timedOut?: true;
};

/**
 * What Backlot needs of a container engine. Every method ends by itself: it has a deadline of its kind, and `signal` ends it sooner.
 * Failures are `BacklotError` with an `engine-…` or `image-…` code. An aborted call, and an aborted log, rejects with `cancelled`.
 * Calls connect by themselves: `connect` is for those who want to know how the engine is, not a step before a call.
 */
export interface ContainerEngine {
  /** The connection's state now. */
  readonly state: EngineState;
  /** The state now and every change, until the signal. */
  watchState(signal: AbortSignal): AsyncIterable<EngineState>;
  /** Tries to connect again at once. */
  reconnect(): void;
  /** Resolves when the engine answers; rejects with why not after one honest try. */
  connect(signal: AbortSignal): Promise<void>;

  listContainers(labels: readonly string[], signal: AbortSignal): Promise<ContainerSummary[]>;
  /** `undefined` where there is none of that id. */
  inspectContainer(id: string, signal: AbortSignal): Promise<ContainerDetails | undefined>;
  /** Makes a container and starts it not. Answers its id. It starts again by itself whenever the engine does, once it was started. */
  createContainer(container: NewContainer, signal: AbortSignal): Promise<string>;
  /** Makes the container of a stage and starts it not. Answers its id. */
  createStage(stage: NewStage, signal: AbortSignal): Promise<string>;
  /** Makes and starts a container with the files, variables, folders and network of one that has ended. Answers its id. The image of those files carries the labels too. */
  continueContainer(id: string, next: Continuation, signal: AbortSignal): Promise<string>;
  /** Starts it, or lets it go on where it is paused; one that runs stays as it is. */
  startContainer(id: string, signal: AbortSignal): Promise<void>;
  /** SIGTERM (or the image's stop signal), then SIGKILL after `grace` seconds; without `grace` the container's own. Does nothing where it does not run or is gone. */
  stopContainer(id: string, grace: number | undefined, signal: AbortSignal): Promise<void>;
  /** Removes a container, running or not; its anonymous data is kept unless `withData`. Does nothing where it is gone. */
  removeContainer(id: string, signal: AbortSignal, options?: { readonly withData: boolean }): Promise<void>;
  /** Does nothing where it is gone. */
  renameContainer(id: string, name: string, signal: AbortSignal): Promise<void>;
  /** Runs a command inside, for at most `timeout` milliseconds; never through a shell of the host. A container that does not run is `not-running`. */
  exec(id: string, command: readonly string[], options: { readonly timeout: number; readonly user?: string; /** Bytes of output that are kept. */ readonly most?: number }, signal: AbortSignal): Promise<ExecResult>;
  /** Runs a command in a container of its own, made for it and removed in every outcome. It has no privileges. */
  runOnce(container: OneOff, signal: AbortSignal): Promise<ExecResult>;
  /**
   * Batches of lines, oldest first; the engine is read only as fast as they are taken. With `follow`, until the container ends.
   * Lines share the memory of their batch: copy what is kept for long.
   */
  logs(
    id: string,
    options: { readonly follow: boolean; readonly tail?: number; readonly since?: string },
    signal: AbortSignal,
  ): AsyncIterable<readonly LogChunk[]>;
  /** One reading of each; containers that do not run are left out. */
  stats(ids: readonly string[], signal: AbortSignal): Promise<StatsReading[]>;

  listNetworks(labels: readonly string[], signal: AbortSignal): Promise<Network[]>;
  /** Makes a network. Answers its id. */
  createNetwork(network: NewNetwork, signal: AbortSignal): Promise<string>;
  /** Every network of the engine, without what is attached to each: one question. */
  listSubnets(signal: AbortSignal): Promise<NetworkSummary[]>;
  /**
   * Does nothing where it is gone. Disconnects endpoints of our containers and of gone ones that stay; with anybody else's it is `foreign-objects`.
   * `network-stuck` where the engine itself has to be restarted first.
   */
  removeNetwork(id: string, signal: AbortSignal): Promise<void>;

  /** Volumes that carry all of these labels. */
  listVolumes(labels: readonly string[], signal: AbortSignal): Promise<Volume[]>;
  /** `undefined` where there is none of that name. */
  inspectVolume(name: string, signal: AbortSignal): Promise<Volume | undefined>;
  /** Makes a volume; one of that name that is there already fails, unless it is the same. */
  createVolume(volume: NewVolume, signal: AbortSignal): Promise<Volume>;
  /** Removes a volume of ours with what it holds: one without a label of ours is `foreign-objects`. Does nothing where it is gone. */
  removeVolume(name: string, signal: AbortSignal): Promise<void>;
  /** Unpacks a tar archive into a folder of a container, running or not. What it names replaces what is there. */
  putFiles(id: string, folder: string, archive: Uint8Array | AsyncIterable<Uint8Array>, signal: AbortSignal): Promise<void>;
  /** What a path of a container holds, running or not, as a tar archive. */
  getFiles(id: string, path: string, signal: AbortSignal): AsyncIterable<Uint8Array>;

  /** What the image says of itself, or `undefined` where the engine does not have it. */
  inspectImage(name: string, signal: AbortSignal): Promise<ImageFacts | undefined>;
  /** The ids of images that carry all of these labels. */
  listImages(labels: readonly string[], signal: AbortSignal): Promise<string[]>;
  /** Does nothing where it is gone. */
  removeImage(id: string, signal: AbortSignal): Promise<void>;
  pullImage(name: string, onProgress: (progress: PullProgress) => void, signal: AbortSignal): Promise<void>;
  /** Gives an image a further name; one that another image has moves to it. */
  tagImage(image: string, name: string, signal: AbortSignal): Promise<void>;
  /** Pushes an image by its name, with the credentials of Docker, and answers the digest that the engine says the registry stored. */
  pushImage(name: string, onProgress: (progress: PushProgress) => void, signal: AbortSignal): Promise<string>;

  /**
   * Hints, from the moment of this call on, however late the first is taken: call it, then list, then read it. Ends with the signal;
   * fails when the connection breaks or something was lost: open it again, and list again.
   */
  events(signal: AbortSignal): AsyncIterable<EngineEvent>;

  /** How to reach the same engine with the docker command line: global flags and variables. */
  commandLine(): { readonly arguments: readonly string[]; readonly environment: Readonly<Record<string, string>> };
  /** Whether container addresses can be reached from this machine (a local Linux engine). */
  readonly reachesContainers: boolean;
}

/** How the engine is chosen, as given on the command line. */
export type EngineChoice = { readonly host?: string; readonly context?: string };
