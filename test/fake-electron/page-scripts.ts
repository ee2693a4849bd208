import { createBridge, type Bridge } from './bridge.ts';
import { createCodec, type Codec } from './codec.ts';

/* eslint-disable @typescript-eslint/no-explicit-any */

/** The name of the preload's world, and of the function by which it speaks to this process. */
export const WORLD = 'electron-preload';
export const BINDING = '__fakeElectronSend';
/** The function by which the page's world tells of a window that it would open. */
export const OPEN_BINDING = '__fakeElectronOpen';

/** Source that is run in the page's world of every document, before its own. */
export function pageSource(): string {
  return `(${inPage})(${createBridge})`;
}

/** Source that is run in the preload's world of every document: the preload with what a sandboxed preload may require. */
export function preloadSource(preload: string): string {
  return `(${inPreload})(${createCodec}, ${createBridge}, (require, module, exports) => {${preload}\n})`;
}

function inPage(bridgeOf: (me: 'page') => Bridge): void {
  const open = (globalThis as any).__fakeElectronOpen as (text: string) => void;
  delete (globalThis as any).__fakeElectronOpen;
  const tellOpen = (url: string, frameName: string, features: string) => open(JSON.stringify({ url: new URL(url, document.baseURI).href, frameName, features }));
  window.open = (url = 'about:blank', target = '', features = '') => {
    tellOpen(String(url), target, features);
    return null;
  };
  window.addEventListener('click', (event) => {
    const link = (event.target as Element | null)?.closest?.('a[href]') as HTMLAnchorElement | null;
    if (event.defaultPrevented || !link || !(link.target === '_blank' || event.ctrlKey || event.shiftKey || event.metaKey)) return;
    event.preventDefault();
    tellOpen(link.href, link.target, '');
  });
  if (window !== window.top) return;

  const { build } = bridgeOf('page');
  document.addEventListener('fake-electron:page:expose', (event) => {
    const { key, api } = (event as CustomEvent).detail;
    Object.defineProperty(window, key, { value: deepFreeze(build(api)), enumerable: true });
  }, true);

  function deepFreeze(value: any): any {
    if (typeof value === 'object' && value !== null) for (const entry of Object.values(Object.freeze(value))) deepFreeze(entry);
    return value;
  }
}

function inPreload(codecOf: () => Codec, bridgeOf: (me: 'preload') => Bridge, preload: (require: unknown, module: unknown, exports: unknown) => void): void {
  const send = (globalThis as any).__fakeElectronSend as (text: string) => void;
  delete (globalThis as any).__fakeElectronSend;
  if (window !== window.top) return;

  const { encode, decode } = codecOf();
  const { describe } = bridgeOf('preload');
  const listeners = new Map<string, ((event: unknown, ...args: any[]) => void)[]>();
  const invoked = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>();
  const ports = new Map<number, { near: MessagePort; far: MessagePort }>();
  let lastId = 0;

  const tell = (word: object) => send(JSON.stringify(word));
  const refuseUnwritten = (name: string, thing: object) =>
    new Proxy(thing, {
      get(target, member) {
        if (typeof member === 'symbol' || member in target) return Reflect.get(target, member);
        throw new Error(`NotImplemented: electron.${name === '' ? '' : `${name}.`}${member}`);
      },
    });

  const removeListener = (channel: string, listener: unknown) => void listeners.set(channel, (listeners.get(channel) ?? []).filter((one: any) => one !== listener && one.original !== listener));
  const on = (channel: string, listener: (event: unknown, ...args: any[]) => void) => void listeners.set(channel, [...(listeners.get(channel) ?? []), listener]);
  const ipcRenderer = refuseUnwritten('ipcRenderer', {
    on,
    once(channel: string, listener: (event: unknown, ...args: any[]) => void) {
      const once = Object.assign((event: unknown, ...args: any[]) => (removeListener(channel, once), listener(event, ...args)), { original: listener });
      on(channel, once);
    },
    removeListener,
    send: (channel: string, ...args: unknown[]) => tell({ t: 'send', channel, args: encode(args) }),
    invoke: (channel: string, ...args: unknown[]) =>
      new Promise((resolve, reject) => {
        const text = encode(args);
        invoked.set(++lastId, { resolve, reject });
        tell({ t: 'invoke', id: lastId, channel, args: text });
      }),
  });

  const contextBridge = refuseUnwritten('contextBridge', {
    exposeInMainWorld(key: string, api: unknown) {
      if (key in window) throw new Error('Cannot bind an API on top of an existing property on the window object');
      document.dispatchEvent(new CustomEvent('fake-electron:page:expose', { detail: { key, api: describe(api) } }));
    },
  });

  /**
   * The preload's own port; what passes through it goes on to the main process. Chromium's ports do not tell when the other end has
   * closed; Electron's do, so that is added.
   */
  function portOf(id: number): MessagePort {
    const { port1: near, port2: far } = new MessageChannel();
    ports.set(id, { near, far });
    near.onmessage = ({ data, ports: [more] }) => {
      if (more) throw new Error('NotImplemented: electron.MessagePort.postMessage(…, [port])');
      tell({ t: 'port', id, data: encode(data) });
    };
    const close = far.close.bind(far);
    far.close = () => {
      close();
      if (ports.delete(id)) tell({ t: 'port-close', id });
    };
    return far;
  }

  function portClosed(id: number): void {
    const port = ports.get(id);
    if (!ports.delete(id) || !port) return;
    port.near.close();
    const event = new Event('close');
    port.far.dispatchEvent(event);
    (port.far as MessagePort & { onclose?: (event: Event) => void }).onclose?.(event);
  }

  (globalThis as any).__fakeElectronReceive = (word: any) => {
    switch (word.t) {
      case 'message': {
        const event = { sender: ipcRenderer, senderId: 0, ports: word.ports.map(portOf) };
        for (const listener of listeners.get(word.channel) ?? []) listener(event, ...(decode(word.args) as unknown[]));
        return;
      }
      case 'answer':
        if (word.error === undefined) invoked.get(word.id)?.resolve(decode(word.value));
        else invoked.get(word.id)?.reject(new Error(word.error));
        return void invoked.delete(word.id);
      case 'port':
        return ports.get(word.id)?.near.postMessage(decode(word.data));
      case 'port-close':
        return portClosed(word.id);
    }
  };

  const electron = refuseUnwritten('', { contextBridge, ipcRenderer });
  const require = (name: string) => {
    if (name === 'electron' || name === 'electron/renderer') return electron;
    throw new Error(`module not found: ${name}`);
  };
  const module = { exports: {} };
  preload(require, module, module.exports);
}
