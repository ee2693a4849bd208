/** A service of a Docker Swarm. */
export type SwarmService = {
  readonly id: string;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Replicas that are wanted. */
  readonly replicas: number;
  /** Milliseconds since the epoch, by the managers' clock. */
  readonly created?: number;
};

/** One try to run a replica, on whatever node. */
export type SwarmReplica = {
  readonly id: string;
  /** The id of its service. */
  readonly service: string;
  readonly slot: number;
  /** It is meant to run; an earlier try is not. */
  readonly isWanted: boolean;
  /** In Swarm's words, such as `preparing`, `running`, `failed`, `rejected`. */
  readonly state: string;
  /** Why it does not run; empty where it does. */
  readonly why: string;
  /** By the names of its networks. */
  readonly addresses: Readonly<Record<string, string>>;
};

/** A network that every node of the Swarm can have. */
export type SwarmNetwork = { readonly name: string; readonly labels: Readonly<Record<string, string>>; /** Containers that are no replicas may join it. */ readonly isAttachable: boolean };

/** What Backlot needs of a Docker Swarm, asked through one of its managers. Failures are `deploy-failed`. */
export interface Swarm {
  /** Whether the engine can be asked at all: it belongs to a Swarm and manages it. */
  isManager(signal: AbortSignal): Promise<boolean>;
  /** Services that carry all of these labels. */
  services(labels: readonly string[], signal: AbortSignal): Promise<SwarmService[]>;
  /** The replicas of services and the latest tries of each. */
  replicas(services: readonly string[], signal: AbortSignal): Promise<SwarmReplica[]>;
  networks(signal: AbortSignal): Promise<SwarmNetwork[]>;
  /** Makes what a stack file has, with the credentials of Docker; what is there already and is not in the file stays. */
  create(stack: string, model: unknown, directory: string, signal: AbortSignal): Promise<void>;
  scale(service: string, replicas: number, signal: AbortSignal): Promise<void>;
  /** Ends a service and its replicas, which may take a while to go. Does nothing where it is gone. */
  removeService(service: string, signal: AbortSignal): Promise<void>;
  /** Removes the configurations and secrets that carry all of these labels. */
  removeFiles(labels: readonly string[], signal: AbortSignal): Promise<void>;
  /** Removes a network once its replicas are gone. */
  removeNetwork(name: string, signal: AbortSignal): Promise<void>;
  /** The last lines that replicas of a service wrote; empty where they cannot be had. */
  lastLines(service: string, signal: AbortSignal): Promise<string>;
}
