import { readFileSync } from 'node:fs';
import { codec } from './codec.ts';
import { Emitter, refusable } from './emitter.ts';
import { fromChromium, toChromium, WebFrameMain } from './frames.ts';
import { ipcMain } from './ipc-main.ts';
import { members, NotImplemented, only } from './not-implemented.ts';
import { BINDING, OPEN_BINDING, pageSource, preloadSource, WORLD } from './page-scripts.ts';
import { applyPermissions } from './permissions.ts';
import { handedOver, type End, type Place } from './ports.ts';
import { answerPaused } from './protocol.ts';
import { cdp, state } from './state.ts';

/* eslint-disable @typescript-eslint/no-explicit-any */

const EVENTS = [
  'will-navigate', 'will-frame-navigate', 'will-redirect', 'will-attach-webview', 'did-finish-load', 'did-navigate', 'render-process-gone', 'destroyed',
];

/** What a window without further wishes gets, as Electron's documentation has it. */
const DEFAULTS = {
  sandbox: true,
  contextIsolation: true,
  nodeIntegration: false,
  nodeIntegrationInWorker: false,
  nodeIntegrationInSubFrames: false,
  webSecurity: true,
  allowRunningInsecureContent: false,
  experimentalFeatures: false,
  webviewTag: false,
};

const all = new Map<number, WebContentsDouble>();
let lastId = 0;

type Written = Pick<Electron.WebContents, 'id' | 'getURL' | 'isDestroyed' | 'send' | 'postMessage' | 'reload' | 'close' | 'forcefullyCrashRenderer' | 'isCrashed'>;

/** Electron's WebContents over one page of Chromium. */
export class WebContentsDouble extends Emitter implements Written, Place {
  readonly id = ++lastId;
  readonly _preferences: Readonly<Record<string, unknown>>;
  readonly _frames = new Map<string, WebFrameMain>();
  private readonly _ends = new Map<number, { readonly end: End; readonly context: number }>();
  private _targetId = '';
  private _session = '';
  private _context: number | undefined;
  private _waiting: object[] = [];
  private _destroyed = false;
  private _crashed = false;
  /** The address that was asked for from here: its request is no navigation of the page. */
  private _asked: string | undefined;
  private _openHandler: Parameters<Electron.WebContents['setWindowOpenHandler']>[0] | undefined;

  constructor(preferences: Electron.WebPreferences) {
    super('WebContents', EVENTS);
    this._preferences = { ...DEFAULTS, ...preferences };
    for (const [name, value] of Object.entries(DEFAULTS)) {
      if (this._preferences[name] !== value) throw new NotImplemented(`WebPreferences.${name}: ${String(this._preferences[name])}`);
    }
    const proxy = only('WebContents', this);
    all.set(this.id, proxy);
    return proxy;
  }

  get mainFrame(): WebFrameMain | undefined {
    return this._frames.get(this._targetId);
  }

  getURL(): string {
    return this.mainFrame?.url ?? '';
  }

  isDestroyed(): boolean {
    return this._destroyed;
  }

  isCrashed(): boolean {
    return this._crashed;
  }

  /** Not in Electron's declarations, but in Electron: what the window was really opened with. */
  getLastWebPreferences(): Readonly<Record<string, unknown>> {
    return this._preferences;
  }

  setWindowOpenHandler(handler: Parameters<Electron.WebContents['setWindowOpenHandler']>[0]): void {
    this._openHandler = handler;
  }

  send(channel: string, ...args: unknown[]): void {
    this._tellPreload({ t: 'message', channel, args: codec.encode(args), ports: [] });
  }

  postMessage(channel: string, message: unknown, transfer: readonly unknown[] = []): void {
    const ends = handedOver(transfer);
    this._tellPreload({ t: 'message', channel, args: codec.encode([message]), ports: ends.map(({ id }) => id) });
    for (const end of ends) {
      this._ends.set(end.id, { end, context: this._context ?? -1 });
      end.move(this);
    }
  }

  reload(): void {
    this._asked = this.mainFrame?._address;
    cdp().tell('Page.reload', {}, this._session);
  }

  close(): void {
    cdp().tell('Target.closeTarget', { targetId: this._targetId });
  }

  forcefullyCrashRenderer(): void {
    cdp().tell('Page.crash', {}, this._session);
  }

  _deliver(end: End, data: string): void {
    this._tellPreload({ t: 'port', id: end.id, data });
  }

  _ended(end: End): void {
    this._tellPreload({ t: 'port-close', id: end.id });
    this._ends.delete(end.id);
  }

  /** Opens the page in Chromium, with everything in place before its first document. */
  async _open({ width = 800, height = 600 }: { width?: number | undefined; height?: number | undefined }): Promise<void> {
    const { targetId } = await cdp().send('Target.createTarget', { url: 'about:blank', newWindow: true, width, height });
    this._targetId = targetId;
    const { sessionId } = await cdp().send('Target.attachToTarget', { targetId, flatten: true });
    this._session = sessionId;
    bySession.set(sessionId, all.get(this.id) ?? this);
    const preload = this._preferences['preload'];
    await Promise.all([
      this._command('Page.enable'),
      this._command('Runtime.enable'),
      this._command('Inspector.enable'),
      this._command('Runtime.addBinding', { name: BINDING, executionContextName: WORLD }),
      this._command('Runtime.addBinding', { name: OPEN_BINDING }),
      this._command('Fetch.enable', { patterns: [{ urlPattern: '*' }] }),
      this._command('Page.addScriptToEvaluateOnNewDocument', { source: pageSource() }),
      typeof preload === 'string'
        ? this._command('Page.addScriptToEvaluateOnNewDocument', { source: preloadSource(readFileSync(preload, 'utf8')), worldName: WORLD })
        : undefined,
    ]);
  }

  async _load(address: string): Promise<void> {
    await applyPermissions(all.get(this.id) ?? this, address);
    const url = toChromium(address, state.privileged);
    this._asked = url;
    const loaded = new Promise<void>((resolve) => super.once('did-finish-load', () => resolve()));
    const { errorText } = await this._command('Page.navigate', { url });
    if (errorText) throw new Error(`${errorText} loading '${address}'`);
    await loaded;
  }

  _command(method: string, params: object = {}): Promise<any> {
    return cdp().send(method, params, this._session);
  }

  _receive(method: string, params: any): void {
    switch (method) {
      case 'Page.frameAttached':
        this._frames.set(params.frameId, new WebFrameMain(params.frameId, params.parentFrameId, this._frames));
        return;
      case 'Page.frameDetached':
        return void this._frames.delete(params.frameId);
      case 'Page.frameNavigated':
        return this._navigated(params.frame);
      case 'Page.loadEventFired':
        return void this.emit('did-finish-load');
      case 'Runtime.executionContextCreated':
        if (params.context.name === WORLD && params.context.auxData.frameId === this._targetId) this._setContext(params.context.id);
        return;
      case 'Runtime.executionContextDestroyed':
        return this._dropContext(params.executionContextId);
      case 'Runtime.executionContextsCleared':
        return this._dropContext(this._context);
      case 'Runtime.bindingCalled':
        if (params.name === OPEN_BINDING) this._windowAsked(JSON.parse(params.payload));
        else this._heard(JSON.parse(params.payload), params.executionContextId);
        return;
      case 'Fetch.requestPaused':
        return void this._paused(params);
      case 'Inspector.targetCrashed':
        this._crashed = true;
        this._dropContext(this._context);
        this.emit('render-process-gone', {}, { reason: 'crashed', exitCode: 5 });
    }
  }

  _destroy(): void {
    this._destroyed = true;
    this._dropContext(this._context);
    all.delete(this.id);
    bySession.delete(this._session);
    this.emit('destroyed');
  }

  _owns(targetId: string): boolean {
    return this._targetId === targetId;
  }

  private _navigated({ id, parentId, url }: { id: string; parentId?: string; url: string }): void {
    const frame = this._frames.get(id) ?? new WebFrameMain(id, parentId, this._frames);
    frame._address = url;
    this._frames.set(id, frame);
    this._crashed = false;
    if (parentId === undefined) this.emit('did-navigate', {}, fromChromium(url));
  }

  private _setContext(context: number): void {
    this._context = context;
    for (const word of this._waiting.splice(0)) this._tellPreload(word);
  }

  /** A document that is left takes its ports along. */
  private _dropContext(context: number | undefined): void {
    if (context === undefined) return;
    for (const { end, context: owner } of [...this._ends.values()]) {
      if (owner !== context) continue;
      this._ends.delete(end.id);
      end.close();
    }
    if (this._context === context) this._context = undefined;
  }

  private _tellPreload(word: object): void {
    if (this._destroyed) return;
    if (this._context === undefined) return void this._waiting.push(word);
    cdp().tell('Runtime.evaluate', { expression: `__fakeElectronReceive(${JSON.stringify(word)})`, contextId: this._context }, this._session);
  }

  private _heard(word: any, context: number): void {
    if (context !== this._context) this._setContext(context);
    const sender = all.get(this.id);
    const event = { sender, senderFrame: this.mainFrame ?? null, processId: 0, frameId: 0, ports: [] };
    switch (word.t) {
      case 'send':
        return void ipcMain.emit(word.channel, event, ...(codec.decode(word.args) as unknown[]));
      case 'invoke':
        return void ipcMain._invoked(word.channel, event, codec.decode(word.args) as unknown[]).then((answer) => this._tellPreload({ t: 'answer', id: word.id, ...answer }));
      case 'port':
        return this._ends.get(word.id)?.end.send(word.data);
      case 'port-close':
        this._ends.get(word.id)?.end.close();
        return void this._ends.delete(word.id);
    }
  }

  private _windowAsked({ url, frameName, features }: { url: string; frameName: string; features: string }): void {
    const answer = this._openHandler?.({ url: fromChromium(url), frameName, features, disposition: 'new-window', referrer: { url: '', policy: 'default' } } as Electron.HandlerDetails);
    if (answer?.action !== 'deny') throw new NotImplemented("setWindowOpenHandler(() => ({ action: 'allow' }))");
  }

  private async _paused(paused: any): Promise<void> {
    const { requestId, request, resourceType, frameId, redirectedRequestId } = paused;
    if (resourceType === 'Document' && !this._mayNavigate(request.url, frameId, redirectedRequestId !== undefined)) {
      return cdp().tell('Fetch.failRequest', { requestId, errorReason: 'Aborted' }, this._session);
    }
    await answerPaused(paused, this._session);
  }

  private _mayNavigate(url: string, frameId: string, redirected: boolean): boolean {
    const isMainFrame = frameId === this._targetId;
    if (isMainFrame && this._asked === url) {
      this._asked = undefined;
      return true;
    }
    const details = refusable({ url: fromChromium(url), isSameDocument: false, isMainFrame, frame: this._frames.get(frameId) ?? null, initiator: null });
    if (redirected) this.emit('will-redirect', details);
    else {
      if (isMainFrame) this.emit('will-navigate', details);
      this.emit('will-frame-navigate', details);
    }
    return !details.defaultPrevented;
  }
}

const bySession = new Map<string, WebContentsDouble>();

/** Electron's `webContents`. */
export const webContents = only('webContents', {
  fromId: (id: number) => all.get(id),
  fromDevToolsTargetId: (targetId: string) => [...all.values()].find((contents) => contents._owns(targetId)),
  getAllWebContents: () => [...all.values()],
});

/** Sends what Chromium tells to the page that it is about. */
export function followPages(): void {
  for (const method of [
    'Page.frameAttached', 'Page.frameDetached', 'Page.frameNavigated', 'Page.loadEventFired', 'Runtime.executionContextCreated', 'Runtime.executionContextDestroyed',
    'Runtime.executionContextsCleared', 'Runtime.bindingCalled', 'Fetch.requestPaused', 'Inspector.targetCrashed',
  ]) {
    cdp().on(method, (params, session) => bySession.get(session ?? '')?._receive(method, params));
  }
  // A window that the page opened in spite of all is closed before it shows anything.
  cdp().on('Target.targetCreated', ({ targetInfo }) => {
    if (targetInfo.type === 'page' && targetInfo.openerId !== undefined) cdp().tell('Target.closeTarget', { targetId: targetInfo.targetId });
  });
}

members.add('WebContents.mainFrame');
