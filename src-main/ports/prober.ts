import type { ServiceKind } from '#contract/project.ts';

export type ProbeResult = { readonly ok: true } | { readonly ok: false; readonly why: string };

export type ProbeTarget = { readonly address: string; readonly port: number; /** Milliseconds. */ readonly timeout: number };

/** Asks a server over the network whether it can be used. */
export interface Prober {
  /**
   * Speaks the first words of the kind's own protocol; for kinds without one, connects.
   * Ends within `timeout` milliseconds. Never rejects for a server that is not ready; rejects when the signal aborts.
   */
  probe(kind: ServiceKind, at: ProbeTarget, signal: AbortSignal): Promise<ProbeResult>;
}
