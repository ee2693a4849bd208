import type { SecretReference } from '#contract/secret-reference.ts';

/** Something that people want to know: who did what where, and how it went. */
export type News = {
  readonly event: 'promote' | 'deploy' | 'pass' | 'fail' | 'rollback';
  readonly project: string;
  readonly target: string;
  readonly revision: string;
  readonly image: string;
  readonly digest: string;
  readonly who: string;
  readonly verdict?: string;
  readonly previous?: string;
  readonly reason?: string;
  readonly link?: string;
  readonly automatic?: boolean;
};

export type Receiver = {
  readonly slack?: SecretReference | undefined;
  readonly rocketchat?: SecretReference | undefined;
  readonly github?: { readonly repository: string; readonly token: SecretReference; readonly url?: string | undefined } | undefined;
  readonly statuses?: boolean | undefined;
  readonly deployments?: boolean | undefined;
};

/** Tells one receiver. Fails where it does not take the message. */
export type Notify = (receiver: Receiver, news: News, secret: (reference: SecretReference, what: string) => Promise<string>, signal: AbortSignal) => Promise<void>;

/** How a stage of a run stands, for a commit's statuses; and how a whole run ended, for people. */
export type RunNews = {
  readonly project: string;
  readonly run: string;
  /** A commit that others know; absent where the checkout differs from its commit. */
  readonly commit?: string | undefined;
  readonly revision?: string | undefined;
  readonly digest?: string | undefined;
  readonly who: string;
  readonly link?: string | undefined;
} & ({ readonly event: 'stage'; readonly stage: string; readonly state: 'pending' | 'success' | 'failure' | 'error'; readonly verdict: string } | { readonly event: 'pass' | 'fail'; readonly verdict: string });

/** Tells one receiver of a run. Fails where it does not take the message. */
export type NotifyOfRun = (receiver: Receiver, news: RunNews, secret: (reference: SecretReference, what: string) => Promise<string>, signal: AbortSignal) => Promise<void>;
