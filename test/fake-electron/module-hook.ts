import Module, { register } from 'node:module';
import { NotImplemented, only } from './not-implemented.ts';

/** The members of Electron's main module: an import of any of them succeeds, its use may not. */
const NAMES = [
  'app', 'autoUpdater', 'BaseWindow', 'BrowserView', 'BrowserWindow', 'clipboard', 'contentTracing', 'crashReporter', 'desktopCapturer', 'dialog', 'globalShortcut',
  'ImageView', 'inAppPurchase', 'ipcMain', 'Menu', 'MenuItem', 'MessageChannelMain', 'MessagePortMain', 'nativeImage', 'nativeTheme', 'net', 'netLog', 'Notification',
  'parentPort', 'powerMonitor', 'powerSaveBlocker', 'protocol', 'pushNotifications', 'safeStorage', 'screen', 'session', 'ShareMenu', 'shell', 'systemPreferences',
  'TouchBar', 'Tray', 'utilityProcess', 'View', 'webContents', 'WebContentsView', 'webFrameMain',
];

/** Lets `import … from 'electron'` and `require('electron')` find `electron`. */
export function provideElectron(electron: object): void {
  const whole: Record<string, unknown> = { ...electron };
  for (const name of NAMES) whole[name] ??= unwritten(name);
  const given = only('', whole);
  const loader = Module as unknown as { _load(name: string, ...rest: unknown[]): unknown };
  const load = loader._load.bind(Module);
  loader._load = (name, ...rest) => (isElectron(name) ? given : load(name, ...rest));

  const shared = Symbol.for('fake-electron');
  Object.defineProperty(globalThis, shared, { value: given });
  const source = `const electron = globalThis[Symbol.for('fake-electron')];\nexport default electron;\n${NAMES.map((name) => `export const ${name} = electron.${name};`).join('\n')}`;
  const hook = `
    const url = 'data:text/javascript,' + encodeURIComponent(${JSON.stringify(source)});
    export const resolve = (name, context, next) => /^electron(\\/main|\\/common)?$/.test(name) ? { url, shortCircuit: true } : next(name, context);`;
  register(`data:text/javascript,${encodeURIComponent(hook)}`);
}

function isElectron(name: string): boolean {
  return name === 'electron' || name === 'electron/main' || name === 'electron/common';
}

function unwritten(name: string): unknown {
  const refuse = (member?: string | symbol): never => {
    throw new NotImplemented(member === undefined ? name : `${name}.${String(member)}`);
  };
  return new Proxy(function () {}, {
    get: (_target, member) => (typeof member === 'symbol' || member === 'then' || member === 'toJSON' ? undefined : refuse(member)),
    apply: () => refuse(),
    construct: () => refuse(),
  });
}
