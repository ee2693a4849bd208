import { readFileSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { app } from './app.ts';
import { BrowserWindow, destroyTarget, onNewWindow } from './browser-window.ts';
import { startChromium } from './chromium.ts';
import { dialog, Menu, nativeTheme, screen, session, shell } from './desktop.ts';
import { ipcMain } from './ipc-main.ts';
import { provideElectron } from './module-hook.ts';
import { members, only } from './not-implemented.ts';
import { MessageChannelMain } from './ports.ts';
import { protocol } from './protocol.ts';
import { cdp, state } from './state.ts';
import { utilityProcess } from './utility-process.ts';
import { followPages, webContents } from './web-contents.ts';

/** What the executable runs: `electron [switches] APP [arguments]`. */
const switches = process.argv.slice(2);
const named = switches.find((word) => !word.startsWith('-'));
if (named === undefined) throw new Error('Usage: electron [switches] APP [arguments]');

const place = resolve(named);
const isFolder = statSync(place).isDirectory();
state.root = isFolder ? place : dirname(place);
state.manifest = isFolder ? (JSON.parse(readFileSync(join(place, 'package.json'), 'utf8')) as typeof state.manifest) : {};
const entry = isFolder ? join(place, (state.manifest as { main?: string }).main ?? 'index.js') : place;

process.argv.splice(1, 1);
Object.defineProperty(process, 'type', { value: 'browser' });
Object.defineProperty(process.versions, 'electron', { value: '45.4.1', enumerable: true });
Object.defineProperty(globalThis, Symbol.for('fake-electron.members'), { value: members });
provideElectron({
  app, BrowserWindow, dialog, ipcMain, Menu, MessageChannelMain: only('MessageChannelMain', MessageChannelMain), nativeTheme, protocol, screen, session, shell, utilityProcess, webContents,
});

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => app.quit());
onNewWindow((event, thing) => {
  if (event === 'closed') app._windowClosed();
  else app.emit(event, {}, thing);
});

const port = switches.find((word) => word.startsWith('--remote-debugging-port='))?.split('=')[1] ?? '0';
state.chromium = startChromium(port);
// Without a browser there is no app: it ends as it would with its own.
state.chromium.process.on('exit', () => process.exit(1));
const started = cdp().send('Target.setDiscoverTargets', { discover: true });

await import(pathToFileURL(entry).href);
await started;
cdp().on('Target.targetDestroyed', ({ targetId }) => destroyTarget(targetId));
followPages();
app._ready();
