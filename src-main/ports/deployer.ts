import type { OperationNews } from '#contract/operations.ts';
import type { Balancer } from './kpi-source.ts';
import type { SecretReference } from '#contract/secret-reference.ts';

/** What is to be on a target, and what was there. */
export type DeployOrder = {
  readonly release: string;
  readonly project: string;
  /** The project's folder. */
  readonly directory: string;
  /** Stands for the project's folder where files are read that the settings name: they are those of the revision. */
  readonly files: string;
  readonly target: string;
  readonly revision: string;
  /** With its digest. */
  readonly image: string;
  readonly previous?: { readonly revision: string; readonly image: string };
  readonly who: string;
  readonly mode: 'deploy' | 'rollback';
};

export type DeployWork = {
  readonly signal: AbortSignal;
  readonly tell: (news: Extract<OperationNews, { type: 'message' | 'instance' }>) => void;
  /** Between two steps of the traffic: looks at the release for a while, and fails where it does not do well. */
  readonly between?: () => Promise<void>;
  /** A secret that the project refers to; from then on it is in no text that is told. */
  readonly secret: (reference: string | SecretReference, what: string) => Promise<string>;
  /** Takes secrets out of what others wrote. */
  readonly redact: (text: string) => string;
};

/** What became of it: where the change can be looked at. */
export type Deployed = { readonly link?: string };

/** One way to bring a revision onto a target. Ends when it is there; fails with `deploy-failed`. The same order twice is the same as once. */
export interface Deployer<Settings> {
  deploy(settings: Settings, order: DeployOrder, work: DeployWork): Promise<Deployed>;
  /** Refuses what could not begin, such as without a secret that is not here, before anything is noted or done. */
  check?(settings: Settings, work: Pick<DeployWork, 'secret'>): Promise<unknown>;
  /** Takes away from the target what releases put there, and answers its names. Absent where that is somebody else's. */
  remove?(settings: Settings, order: Pick<DeployOrder, 'project' | 'target'>, work: Pick<DeployWork, 'signal' | 'tell'>): Promise<readonly string[]>;
  /** The balancer that it puts before the versions. */
  balancer?(settings: Settings, order: DeployOrder): Balancer;
}

type Command = string | readonly string[];

export type ScriptSettings = { readonly run: Command; readonly rollback?: Command | undefined; readonly timeout?: string | undefined };
export type WebhookSettings = {
  readonly url: string | SecretReference;
  readonly secret?: SecretReference | undefined;
  readonly kind?: 'generic' | 'jenkins' | 'github' | undefined;
  readonly status?: string | SecretReference | undefined;
  readonly timeout?: string | undefined;
};
export type GitSettings = { readonly repository: string; readonly branch?: string | undefined; readonly render: Readonly<Record<string, string>> };
export type SwarmSettings = { readonly stack: string; readonly file: string; readonly context?: string | undefined };
export type PairSettings = { readonly service: string; readonly port: number; readonly public: number; readonly context?: string | undefined; readonly swarm?: boolean | undefined; readonly steps?: readonly string[] | undefined; readonly drain?: string | undefined };
export type KubernetesSettings = { readonly manifests: readonly string[]; readonly context?: string | undefined; readonly namespace?: string | undefined; readonly rollout?: readonly string[] | undefined };

/** The ways that there are, by the key of `deploy:`. */
export type Deployers = {
  readonly script: Deployer<ScriptSettings>;
  readonly webhook: Deployer<WebhookSettings>;
  readonly git: Deployer<GitSettings>;
  readonly swarm: Deployer<SwarmSettings>;
  readonly pair: Deployer<PairSettings>;
  readonly kubernetes: Deployer<KubernetesSettings>;
};
