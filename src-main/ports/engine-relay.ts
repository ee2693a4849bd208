/** What is made through a relay carries these. */
export type RelayMarks = {
  /** On containers, networks and volumes. */
  readonly labels: Readonly<Record<string, string>>;
  /** On images, whose labels their containers inherit wherever they are used: others than those by which containers are found. */
  readonly imageLabels: Readonly<Record<string, string>>;
};

/** One way to the engine, open until it is closed: what was asked for before has come into being by then. */
export type EngineRelay = { readonly close: () => Promise<void> };

/** Gives suites a socket of their own to the engine, by which what they make there is known as theirs. Only for an engine that sees this machine's files. */
export interface EngineRelays {
  /** Where the socket of a stage is to lie. */
  socketOf(run: string, stage: string): string;
  open(socket: string, marks: RelayMarks): Promise<EngineRelay>;
  /** Takes away the sockets that a run left. */
  forget(run: string): Promise<void>;
}
