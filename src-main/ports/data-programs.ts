import type { Duplex, Readable, Writable } from 'node:stream';

/** A program that runs, with its input and output as streams. It ends with the signal that it was started with. */
export type RunningProgram = {
  readonly input: Writable;
  readonly output: Readable;
  /** After all of its output. Rejects where it could not start, or was cancelled. */
  readonly ended: Promise<{ readonly exitCode: number; /** The last 64 KiB of its standard error. */ readonly errors: string }>;
};

/** A dump as it lies on this machine. */
export type DumpFile = {
  readonly path: string;
  readonly bytes: number;
  /** The first and last 4 KiB of the file, or of the table of contents of a folder. */
  readonly head: Uint8Array;
  readonly tail: Uint8Array;
  /** Names of the files where it is a folder. */
  readonly files?: readonly string[];
};

/** A way to a server of ours that is on no network: a folder that both sides see. */
export interface Door {
  /** On this machine. */
  readonly folder: string;
  /** Whether a server's socket shows in it. */
  shows(socket: string): boolean;
  /** Opens a connection to a socket in it; nothing where the server's socket does not show here. */
  connect(socket: string): Duplex | undefined;
  close(): Promise<void>;
}

/** What reading and restoring data needs of this machine and of containers, beyond short commands. */
export interface DataPrograms {
  /** Runs a command in a container. The container has to go for the command to end for certain. */
  inContainer(container: string, command: readonly string[], options: { readonly user?: string }, signal: AbortSignal): RunningProgram;
  /** Runs a command of this machine; text as `sh -c`. */
  here(command: string | readonly string[], directory: string, signal: AbortSignal): RunningProgram;
  /** What is known of a dump before it is read. Fails with `source-failed` where it cannot be read. */
  lookAt(path: string): Promise<DumpFile>;
  read(path: string): Readable;
  /** Fails where this machine has no such sockets. */
  makeDoor(): Promise<Door>;
  /** Removes the folder of a door that was left open by a process that died. What is no door of this user stays. */
  removeDoor(folder: string): Promise<void>;
}
