/** Hints that something changed. Never the truth: list again. */
export type EngineEvent = {
  readonly kind: 'container' | 'network' | 'image' | 'volume';
  readonly action: string;
  readonly id: string;
  readonly attributes: Readonly<Record<string, string>>;
  /** Seconds since the epoch, with fraction. */
  readonly time: number;
};

/** One line, as bytes: they are what the engine has, not always text. `cut` is the full length of a line of which only the first 64 KiB are given. */
export type LogChunk = { readonly stream: 'stdout' | 'stderr'; readonly time: string; readonly line: Uint8Array; readonly cut?: number };

export type StatsReading = {
  readonly container: string;
  /** Nanoseconds of CPU used since start, and when that was read (milliseconds, monotonic). */
  readonly cpuTotal: number;
  readonly readAt: number;
  readonly memory: number;
  readonly memoryLimit?: number;
  readonly networkReceived: number;
  readonly networkSent: number;
  readonly blockRead: number;
  readonly blockWritten: number;
};

/** Bytes that a push sent; what the registry had already counts as sent. */
export type PushProgress = { readonly done: number; readonly total: number };

export type PullProgress = { readonly phase: string; readonly done: number; readonly total: number };
