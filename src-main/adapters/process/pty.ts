import { closeSync, constants, openSync } from 'node:fs';
import type { IPty } from 'node-pty';
import type { OpenTerminal } from '#ports/terminal-host.ts';

/** Milliseconds between SIGHUP and SIGKILL. */
const GRACE = 2_000;
/** Milliseconds without output after which a terminal whose program has ended is empty. */
const SILENCE = 50;
/** Milliseconds that emptying it may take. */
const DRAIN_LIMIT = 2_000;

/** Parts of node-pty (its version is pinned) that it does not declare; absent on Windows. */
type Inside = {
  /** The path of the program's side, such as /dev/pts/3. */
  readonly _pty?: string;
  /** Set as soon as the program has ended, 200 ms before the socket is destroyed and 'exit' comes. */
  readonly _boundClose?: boolean;
  readonly _socket?: { destroy(): unknown };
};

/**
 * One program on one pseudo-terminal, without the ways in which node-pty loses output or hits a stranger:
 * - The program's side is held open here, or the system drops what was not read when the program ends.
 * - When node-pty would destroy its socket, it is first read until it is empty, even where it was paused.
 * - After the program's end nothing is signalled, resized or written: its number and its descriptor may be another's by then.
 */
export class Pty implements OpenTerminal {
  private readonly pty: IPty;
  private readonly inside: Inside;
  private readonly held: number | undefined;
  private lastOutput = 0;
  private killing: NodeJS.Timeout | undefined;

  constructor(pty: IPty) {
    this.pty = pty;
    this.inside = pty as unknown as Inside;
    this.held = this.inside._pty === undefined ? undefined : openSync(this.inside._pty, constants.O_RDWR | constants.O_NOCTTY);
    pty.onData(() => (this.lastOutput = performance.now()));
    pty.onExit(() => this.release());
    this.drainBeforeDestroy();
  }

  write(text: string): void {
    if (!this.ended) this.pty.write(text);
  }

  resize(columns: number, rows: number): void {
    if (!this.ended) this.pty.resize(Math.max(1, Math.trunc(columns)), Math.max(1, Math.trunc(rows)));
  }

  pause(): void {
    if (!this.ended) this.pty.pause();
  }

  resume(): void {
    if (!this.ended) this.pty.resume();
  }

  end(): void {
    if (this.killing) return;
    this.signal('SIGHUP');
    this.killing = setTimeout(() => this.signal('SIGKILL'), GRACE);
  }

  onOutput(listener: (text: string) => void): void {
    this.pty.onData(listener);
  }

  onEnd(listener: (exitCode: number) => void): void {
    this.pty.onExit(({ exitCode, signal }) => listener(signal ? 128 + signal : exitCode));
  }

  private get ended(): boolean {
    return this.inside._boundClose === true;
  }

  private signal(signal: 'SIGHUP' | 'SIGKILL'): void {
    if (this.ended) return;
    if (process.platform === 'win32') return this.pty.kill();
    try {
      // The program leads a session and group of its own.
      process.kill(-this.pty.pid, signal);
    } catch {
      // Before it has made its group, there is only itself; node-pty passes over one that is gone.
      this.pty.kill(signal);
    }
  }

  private drainBeforeDestroy(): void {
    const socket = this.inside._socket;
    if (!socket || this.held === undefined) return;
    const destroy = socket.destroy.bind(socket);
    socket.destroy = () => {
      socket.destroy = destroy;
      this.lastOutput = performance.now();
      this.pty.resume();
      void this.empty().then(destroy);
      return socket;
    };
  }

  private async empty(): Promise<void> {
    const limit = performance.now() + DRAIN_LIMIT;
    while (performance.now() < limit) {
      await new Promise((resolve) => setTimeout(resolve, SILENCE));
      // Where this process was busy, what has come is read only now.
      for (let turn = 0; turn < 2; turn++) await new Promise((resolve) => setImmediate(resolve));
      if (performance.now() - this.lastOutput >= SILENCE) return;
    }
  }

  private release(): void {
    clearTimeout(this.killing);
    if (this.held !== undefined) closeSync(this.held);
  }
}
