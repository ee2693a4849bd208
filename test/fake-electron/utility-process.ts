import { fork, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { app } from './app.ts';
import { codec } from './codec.ts';
import { Emitter } from './emitter.ts';
import { only } from './not-implemented.ts';
import { handedOver, type End, type Place } from './ports.ts';
import { mustBeReady, state } from './state.ts';
import type { FromUtility, ToUtility } from './utility-words.ts';

const EVENTS = ['spawn', 'exit', 'message', 'error'];

/** Electron's UtilityProcess: a process of plain Node that speaks to this one by `process.parentPort`. */
class UtilityProcessDouble extends Emitter implements Pick<Electron.UtilityProcess, 'kill' | 'pid' | 'postMessage'>, Place {
  private readonly _child: ChildProcess;
  private readonly _ends = new Map<number, End>();
  private _pid: number | undefined;

  constructor(entry: string, args: readonly string[], { stdio, serviceName = 'Node Utility Process', env }: Electron.ForkOptions) {
    super('UtilityProcess', EVENTS);
    const streams = stdio === 'ignore' || stdio === 'pipe' ? stdio : 'inherit';
    this._child = fork(join(import.meta.dirname, 'utility.mjs'), [entry, ...args], {
      execArgv: [],
      stdio: ['ignore', streams, streams, 'ipc'],
      ...(env && { env: env as NodeJS.ProcessEnv }),
    });
    this._pid = this._child.pid;
    const { pid } = this._child;
    if (pid !== undefined) state.utilities.set(pid, serviceName);
    this._child.on('spawn', () => this.emit('spawn'));
    this._child.on('message', (word: FromUtility) => this._heard(word));
    this._child.on('exit', (code, signal) => {
      this._pid = undefined;
      if (pid !== undefined) state.utilities.delete(pid);
      for (const end of this._ends.values()) end.close();
      this._ends.clear();
      const exitCode = code ?? 1;
      this.emit('exit', exitCode);
      const reason = exitCode === 0 ? 'clean-exit' : signal ? 'killed' : 'crashed';
      app.emit('child-process-gone', {}, { type: 'Utility', reason, exitCode, serviceName, name: serviceName });
    });
    return only('UtilityProcess', this);
  }

  get pid(): number | undefined {
    return this._pid;
  }

  postMessage(message: unknown, transfer: readonly unknown[] = []): void {
    const ends = handedOver(transfer);
    this._tell({ t: 'message', data: codec.encode(message), ports: ends.map(({ id }) => id) });
    for (const end of ends) {
      this._ends.set(end.id, end);
      end.move(this);
    }
  }

  kill(): boolean {
    return this._child.kill();
  }

  _deliver(end: End, data: string): void {
    this._tell({ t: 'port', id: end.id, data });
  }

  _ended(end: End): void {
    this._ends.delete(end.id);
    this._tell({ t: 'port-close', id: end.id });
  }

  private _tell(word: ToUtility): void {
    if (this._child.connected) this._child.send(word, () => {});
  }

  private _heard(word: FromUtility): void {
    switch (word.t) {
      case 'message':
        return void this.emit('message', codec.decode(word.data));
      case 'port':
        return this._ends.get(word.id)?.send(word.data);
      case 'port-close':
        this._ends.get(word.id)?.close();
        return void this._ends.delete(word.id);
      default:
        word satisfies never;
    }
  }
}

export const utilityProcess = only('utilityProcess', {
  fork(entry: string, args: readonly string[] = [], options: Electron.ForkOptions = {}): Electron.UtilityProcess {
    mustBeReady('utilityProcess.fork()');
    return new UtilityProcessDouble(entry, args, options) as unknown as Electron.UtilityProcess;
  },
});
