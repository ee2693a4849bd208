import type { SecretReference } from '#contract/secret-reference.ts';

/** One reading: a value, or why there is none. An answer that counts as an error has no value; where nothing happened that could be measured it is `idle`. */
export type Sample = { readonly value?: number; readonly error?: true; readonly idle?: true; readonly why?: string; /** What the release before had at the same time, where both have traffic. */ readonly before?: Sample };

/** In the place of an address's host: the server of the version that is measured. */
export const SERVER = '{{SERVER}}';

/** The balancer that a target has put before its versions. */
export type Balancer = {
  /** Answers nothing while there is none. */
  ask(command: string, signal: AbortSignal): Promise<string>;
  /** Its servers that have the released version and the one before, each where it runs; never one for both. */
  servers(signal: AbortSignal): Promise<{ readonly now?: string; readonly before?: string }>;
  /** Asks one of its servers, from beside it, whatever share of the traffic that has. Rejects where it does not answer in time. */
  probe(server: string, request: ProbeRequest, signal: AbortSignal): Promise<{ readonly status: number; readonly milliseconds: number }>;
  /** The port of this machine at which it takes requests; nothing where it is elsewhere. */
  port(signal: AbortSignal): Promise<number | undefined>;
};

export type ProbeRequest = { /** With its query. */ readonly path: string; readonly host?: string; /** Milliseconds. */ readonly limit: number };

type KpiCommand = { readonly command: string | readonly string[]; readonly environment: Readonly<Record<string, string>> };

/** What is read. `former` is the same of the release before, beside it. */
export type KpiQuery =
  | { readonly kind: 'http'; readonly url: string | SecretReference; readonly former?: string; readonly status?: number | undefined; /** Asked server by server, where the address is its own. */ readonly balancer?: Balancer | undefined }
  | { readonly kind: 'haproxy'; readonly backend: string; readonly metric: string; readonly socket?: string | undefined; /** The target's own balancer, where no socket is named. */ readonly balancer?: Balancer | undefined }
  | { readonly kind: 'prometheus'; readonly url: string | SecretReference; readonly query: string; readonly former?: string }
  | (KpiCommand & { readonly kind: 'command'; readonly directory: string; readonly former?: KpiCommand });

/** Reads one check of a watch, again and again. A source that is down or answers nonsense has a sample without a value; it never fails but by its signal. */
export interface KpiReader {
  /** `isAlone`: the release before has no traffic any more, and is not measured. */
  read(signal: AbortSignal, isAlone?: boolean): Promise<Sample>;
}

export interface KpiSources {
  open(query: KpiQuery, text: (reference: string | SecretReference, what: string) => Promise<string>): Promise<KpiReader>;
}
