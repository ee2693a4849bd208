export type Protocol = 'tcp' | 'udp';

/** A socket of this machine that waits for callers. `pid` and `program` are absent where this user may not see them. */
export type Listener = {
  readonly protocol: Protocol;
  readonly port: number;
  /** As bound: an address, `0.0.0.0` or `::`. */
  readonly address: string;
  readonly pid?: number;
  readonly program?: string;
};

/** Addresses that this machine sends somewhere, and through which interface. */
export type Route = { readonly destination: string; readonly device: string };

export type DiskSpace = { readonly free: number; readonly total: number };

/** Facts about the machine that Backlot runs on. Nothing here changes anything, and nothing takes longer than a second or two. */
export interface Machine {
  readonly memory: { readonly available: number; readonly total: number };
  /** Every listening socket, TCP and UDP, of both address families. */
  listeners(): Promise<readonly Listener[]>;
  /** Who keeps this address and port from being bound; `undefined` where it is free. An empty address means all of them. */
  portOwner(port: number, address: string, protocol?: Protocol): Promise<Listener | undefined>;
  /** Whether every address of 127.0.0.0/8 is this machine without further ado; on macOS it is 127.0.0.1 alone. */
  readonly hasManyLoopbacks: boolean;
  /** The routes of IPv4 but the default one, in CIDR notation; none where they cannot be read. */
  routes(): Promise<readonly Route[]>;
  /** Bytes of the file system that holds `path`, or would hold it; `undefined` where that cannot be known. */
  diskSpace(path: string): Promise<DiskSpace | undefined>;
  /** The full path of a program on the search path. */
  findProgram(name: string): Promise<string | undefined>;
  /** A small text file's content; `undefined` where there is none. */
  readText(path: string): Promise<string | undefined>;
}
