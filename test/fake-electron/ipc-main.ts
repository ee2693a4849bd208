import { EventEmitter } from 'node:events';
import { codec } from './codec.ts';
import { only } from './not-implemented.ts';

type Listener = (event: never, ...args: never[]) => unknown;

/** Electron's ipcMain. Its events are the channels of the app, so every one is known. */
class IpcMain extends EventEmitter {
  private readonly _handlers = new Map<string, Listener>();

  handle(channel: string, listener: Listener): void {
    if (this._handlers.has(channel)) throw new Error(`Attempted to register a second handler for '${channel}'`);
    this._handlers.set(channel, listener);
  }

  removeHandler(channel: string): void {
    this._handlers.delete(channel);
  }

  async _invoked(channel: string, event: object, args: unknown[]): Promise<{ value: string } | { error: string }> {
    try {
      const handler = this._handlers.get(channel);
      if (!handler) throw new Error(`No handler registered for '${channel}'`);
      return { value: codec.encode(await handler(event as never, ...(args as never[]))) };
    } catch (error) {
      return { error: `Error invoking remote method '${channel}': ${String(error)}` };
    }
  }
}

export const ipcMain = only('ipcMain', new IpcMain());
