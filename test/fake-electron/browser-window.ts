import { Emitter, refusable } from './emitter.ts';
import { only } from './not-implemented.ts';
import { mustBeReady } from './state.ts';
import { WebContentsDouble } from './web-contents.ts';

const EVENTS = ['ready-to-show', 'close', 'closed', 'show', 'focus', 'maximize', 'minimize', 'restore'];

type Written = Pick<
  Electron.BrowserWindow,
  'loadURL' | 'show' | 'focus' | 'close' | 'isDestroyed' | 'isVisible' | 'isFocused' | 'maximize' | 'isMaximized' | 'minimize' | 'isMinimized' | 'restore' | 'getBounds' | 'setBounds' | 'getNormalBounds' | 'getTitle'
>;

const windows = new Set<BrowserWindowDouble>();
let announce: (event: string, thing: unknown) => void = () => {};

/** Lets the app tell of new windows. */
export function onNewWindow(listener: (event: string, thing: unknown) => void): void {
  announce = listener;
}

/** Electron's BrowserWindow: its page is real, its frame is a rectangle that is remembered. */
export class BrowserWindowDouble extends Emitter implements Written {
  readonly webContents: Electron.WebContents;
  private readonly _contents: WebContentsDouble;
  private readonly _opened: Promise<void>;
  private readonly _title: string;
  private _bounds: Electron.Rectangle;
  private _state: 'normal' | 'maximized' | 'minimized' = 'normal';
  private _visible: boolean;
  private _focused = false;
  private _shownOnce = false;

  constructor(options: Electron.BrowserWindowConstructorOptions = {}) {
    super('BrowserWindow', EVENTS);
    mustBeReady('BrowserWindow');
    const { width = 800, height = 600, x = 0, y = 0 } = options;
    this._bounds = { x, y, width, height };
    this._title = options.title ?? '';
    this._visible = options.show ?? true;
    this._contents = new WebContentsDouble(options.webPreferences ?? {});
    this.webContents = this._contents as unknown as Electron.WebContents;
    const proxy = only('BrowserWindow', this);
    windows.add(proxy);
    announce('web-contents-created', this._contents);
    announce('browser-window-created', proxy);
    this._contents.on('did-finish-load', () => {
      if (this._shownOnce) return;
      this._shownOnce = true;
      this.emit('ready-to-show');
    });
    this._contents.on('destroyed', () => {
      windows.delete(proxy);
      this.emit('closed');
      announce('closed', proxy);
    });
    this._opened = this._contents._open({ width, height });
    return proxy;
  }

  async loadURL(address: string): Promise<void> {
    await this._opened;
    await this._contents._load(address);
  }

  show(): void {
    this._visible = true;
    this.emit('show');
    this.focus();
  }

  focus(): void {
    for (const window of windows) window._focused = false;
    this._focused = true;
    this.emit('focus');
  }

  close(): void {
    const event = refusable({});
    this.emit('close', event);
    if (!event.defaultPrevented) this._contents.close();
  }

  isDestroyed(): boolean {
    return this._contents.isDestroyed();
  }

  isVisible(): boolean {
    return this._visible;
  }

  isFocused(): boolean {
    return this._focused;
  }

  maximize(): void {
    this._state = 'maximized';
    this._visible = true;
    this.emit('maximize');
  }

  isMaximized(): boolean {
    return this._state === 'maximized';
  }

  minimize(): void {
    this._state = 'minimized';
    this.emit('minimize');
  }

  isMinimized(): boolean {
    return this._state === 'minimized';
  }

  restore(): void {
    this._state = 'normal';
    this.emit('restore');
  }

  getBounds(): Electron.Rectangle {
    return { ...this._bounds };
  }

  setBounds(bounds: Partial<Electron.Rectangle>): void {
    this._bounds = { ...this._bounds, ...bounds };
  }

  getNormalBounds(): Electron.Rectangle {
    return { ...this._bounds };
  }

  getTitle(): string {
    return this._title;
  }

  static getAllWindows(): BrowserWindowDouble[] {
    return [...windows];
  }

  static fromWebContents(contents: unknown): BrowserWindowDouble | null {
    return [...windows].find((window) => window._contents === contents) ?? null;
  }
}

/** A target of Chromium is gone: so is its window. */
export function destroyTarget(targetId: string): void {
  for (const window of [...windows]) if (window['_contents']._owns(targetId)) window['_contents']._destroy();
}

export const BrowserWindow = only('BrowserWindow', BrowserWindowDouble);
