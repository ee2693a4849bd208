import type { SecretReference } from '#contract/secret-reference.ts';

/** One reading: a value, or why there is none. An answer that counts as an error has no value; where nothing happened that could be measured it is `idle`. */
export type Sample = { readonly value?: number; readonly error?: true; readonly idle?: true; readonly why?: string; /** What the release before had at the same time, where both have traffic. */ readonly before?: Sample };

/** The balancer that a target has put before its versions. */
export type Balancer = {
  /** Answers nothing while there is none. */
  ask(command: string, signal: AbortSignal): Promise<string>;
  /** Its servers that have the released version and the one before; nothing while they are not told apart. */
  servers(signal: AbortSignal): Promise<{ readonly now: string; readonly before: string } | undefined>;
};

export type KpiQuery =
  | { readonly kind: 'http'; readonly url: string | SecretReference; readonly status?: number | undefined }
  | { readonly kind: 'haproxy'; readonly backend: string; readonly metric: string; readonly socket?: string | undefined; /** The target's own balancer, where no socket is named. */ readonly balancer?: Balancer | undefined }
  | { readonly kind: 'prometheus'; readonly url: string | SecretReference; readonly query: string }
  | { readonly kind: 'command'; readonly command: string | readonly string[]; readonly directory: string; readonly environment: Readonly<Record<string, string>> };

/** Reads one check of a watch, again and again. A source that is down or answers nonsense has a sample without a value; it never fails but by its signal. */
export interface KpiReader {
  read(signal: AbortSignal): Promise<Sample>;
}

export interface KpiSources {
  open(query: KpiQuery, text: (reference: string | SecretReference, what: string) => Promise<string>): Promise<KpiReader>;
}
