import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, watch, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { BrowserWindowDouble } from './browser-window.ts';
import { codec } from './codec.ts';
import { Emitter, refusable } from './emitter.ts';
import { NotImplemented, only } from './not-implemented.ts';
import { state } from './state.ts';

const EVENTS = [
  'ready', 'activate', 'second-instance', 'window-all-closed', 'before-quit', 'will-quit', 'quit', 'web-contents-created', 'browser-window-created',
  'child-process-gone', 'render-process-gone',
];

type Written = Pick<
  Electron.App,
  'whenReady' | 'isReady' | 'quit' | 'exit' | 'getVersion' | 'getName' | 'getAppPath' | 'getPath' | 'setPath' | 'enableSandbox' | 'requestSingleInstanceLock' | 'getAppMetrics' | 'isPackaged'
>;

type Calling = { readonly argv: readonly string[]; readonly directory: string; readonly more: string };

class AppDouble extends Emitter implements Written {
  readonly isPackaged = false;
  private readonly _paths = new Map<string, string>();
  private _quitting = false;
  private _becomeReady = () => {};
  private readonly _whenReady = new Promise<void>((resolve) => (this._becomeReady = resolve));

  constructor() {
    super('app', EVENTS);
  }

  whenReady(): Promise<void> {
    return this._whenReady;
  }

  isReady(): boolean {
    return state.ready;
  }

  getVersion(): string {
    return state.manifest.version ?? '';
  }

  getName(): string {
    return state.manifest.name ?? 'Electron';
  }

  getAppPath(): string {
    return state.root;
  }

  getPath(name: string): string {
    const appData = process.env['XDG_CONFIG_HOME'] ?? join(homedir(), '.config');
    const path = this._paths.get(name) ?? { appData, userData: join(appData, this.getName()), home: homedir(), temp: tmpdir() }[name];
    if (path === undefined) throw new NotImplemented(`app.getPath('${name}')`);
    return path;
  }

  setPath(name: string, path: string): void {
    this._paths.set(name, path);
  }

  enableSandbox(): void {
    if (state.ready) throw new Error('app.enableSandbox() can only be called before app is ready');
  }

  /** The first one holds a folder; the others leave a letter in it and are to quit. */
  requestSingleInstanceLock(additional?: Record<string, unknown>): boolean {
    const folder = join(this.getPath('userData'), 'fake-singleton');
    const holder = join(folder, 'holder');
    mkdirSync(folder, { recursive: true });
    if (!claim(holder)) {
      const calling: Calling = { argv: process.argv, directory: process.cwd(), more: codec.encode(additional ?? null) };
      const letter = join(folder, `${process.pid}.json`);
      writeFileSync(`${letter}.new`, JSON.stringify(calling));
      // The name that the first one looks for appears with all its content.
      renameSync(`${letter}.new`, letter);
      return false;
    }
    const watcher = watch(folder, () => this._readLetters(folder));
    process.on('exit', () => {
      watcher.close();
      rmSync(folder, { recursive: true, force: true });
    });
    return true;
  }

  /** The main process and the utility processes; what they use is not measured. */
  getAppMetrics(): Electron.ProcessMetric[] {
    const unmeasured = { creationTime: 0, cpu: { percentCPUUsage: 0, idleWakeupsPerSecond: 0 }, memory: { workingSetSize: 0, peakWorkingSetSize: 0 } };
    return [{ ...unmeasured, pid: process.pid, type: 'Browser' }, ...[...state.utilities].map(([pid, name]) => ({ ...unmeasured, pid, type: 'Utility' as const, name, serviceName: name }))];
  }

  quit(): void {
    if (this._quitting) return;
    const before = refusable({});
    this.emit('before-quit', before);
    if (before.defaultPrevented) return;
    this._quitting = true;
    for (const window of BrowserWindowDouble.getAllWindows()) window.close();
    this._quitWhenClosed();
  }

  exit(code = 0): void {
    this.emit('quit', {}, code);
    process.exit(code);
  }

  _windowClosed(): void {
    if (BrowserWindowDouble.getAllWindows().length > 0) return;
    if (this._quitting) return this._quitWhenClosed();
    if (!this.emit('window-all-closed')) this.quit();
  }

  _ready(): void {
    state.ready = true;
    this.emit('ready', {});
    this._becomeReady();
  }

  private _quitWhenClosed(): void {
    if (BrowserWindowDouble.getAllWindows().length > 0) return;
    const will = refusable({});
    this.emit('will-quit', will);
    if (will.defaultPrevented) return void (this._quitting = false);
    this.exit(0);
  }

  private _readLetters(folder: string): void {
    for (const name of readdirSync(folder)) {
      if (!name.endsWith('.json')) continue;
      let calling: Calling;
      try {
        calling = JSON.parse(readFileSync(join(folder, name), 'utf8')) as Calling;
      } catch {
        continue;
      }
      rmSync(join(folder, name));
      this.emit('second-instance', {}, calling.argv, calling.directory, codec.decode(calling.more));
    }
  }
}

/** Whether this process is the first one, or the one that did it has ended. */
function claim(holder: string): boolean {
  try {
    writeFileSync(holder, String(process.pid), { flag: 'wx' });
    return true;
  } catch {
    if (isAlive(Number(readFileSync(holder, 'utf8')))) return false;
    writeFileSync(holder, String(process.pid));
    return true;
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

export const app = only('app', new AppDouble());
