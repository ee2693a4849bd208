import { expect } from '@playwright/test';
import type * as Electron from 'electron';
import { isDouble, test } from './desktop.ts';

type Main = typeof Electron;
type Check = (electron: Main) => unknown;

const isFunction = 'function';

/** What the app relies on, member by member: it must hold for the double and for Electron alike. */
const CONFORMANCE: Readonly<Record<string, { readonly check: Check; readonly expected: unknown }>> = {
  'app.isPackaged': { check: ({ app }) => app.isPackaged, expected: false },
  'app.whenReady': { check: ({ app }) => app.whenReady().then(() => 'ready'), expected: 'ready' },
  'app.isReady': { check: ({ app }) => app.isReady(), expected: true },
  'app.getVersion': { check: ({ app }) => /^\d+\.\d+\.\d+/.test(app.getVersion()), expected: true },
  'app.getName': { check: ({ app }) => app.getName().toLowerCase(), expected: 'backlot' },
  'app.getAppPath': { check: ({ app }) => app.getAppPath().length > 0, expected: true },
  'app.getPath': { check: ({ app }) => app.getPath('userData').endsWith('desktop'), expected: true },
  'app.setPath': { check: ({ app }) => (app.setPath('userData', app.getPath('userData')), app.getPath('userData').endsWith('desktop')), expected: true },
  'app.enableSandbox': { check: ({ app }) => { try { app.enableSandbox(); return 'late call taken'; } catch { return 'late call refused'; } }, expected: 'late call refused' },
  'app.requestSingleInstanceLock': { check: ({ app }) => typeof app.requestSingleInstanceLock, expected: isFunction },
  'app.getAppMetrics': { check: ({ app }) => app.getAppMetrics().some(({ pid, type }) => type === 'Browser' && pid === process.pid), expected: true },
  'app.quit': { check: ({ app }) => typeof app.quit, expected: isFunction },
  'app.exit': { check: ({ app }) => typeof app.exit, expected: isFunction },
  'BrowserWindow.getAllWindows': { check: ({ BrowserWindow }) => BrowserWindow.getAllWindows().length, expected: 1 },
  'BrowserWindow.fromWebContents': { check: ({ BrowserWindow }) => BrowserWindow.getAllWindows().every((open) => BrowserWindow.fromWebContents(open.webContents) === open), expected: true },
  'BrowserWindow.webContents': { check: ({ BrowserWindow }) => typeof BrowserWindow.getAllWindows()[0]?.webContents.id, expected: 'number' },
  'BrowserWindow.loadURL': { check: ({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.loadURL('app://backlot/').then(() => 'loaded'), expected: 'loaded' },
  'BrowserWindow.show': { check: ({ BrowserWindow }) => (BrowserWindow.getAllWindows()[0]?.show(), BrowserWindow.getAllWindows()[0]?.isVisible()), expected: true },
  'BrowserWindow.isVisible': { check: ({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.isVisible(), expected: true },
  'BrowserWindow.focus': { check: ({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.focus(), expected: undefined },
  'BrowserWindow.isFocused': { check: ({ BrowserWindow }) => typeof BrowserWindow.getAllWindows()[0]?.isFocused(), expected: 'boolean' },
  'BrowserWindow.close': { check: ({ BrowserWindow }) => { const [open] = BrowserWindow.getAllWindows(); open?.once('close', (event) => event.preventDefault()); open?.close(); return open?.isDestroyed(); }, expected: false },
  'BrowserWindow.isDestroyed': { check: ({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.isDestroyed(), expected: false },
  'BrowserWindow.maximize': { check: ({ BrowserWindow }) => typeof BrowserWindow.getAllWindows()[0]?.maximize, expected: isFunction },
  'BrowserWindow.isMaximized': { check: ({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.isMaximized(), expected: false },
  'BrowserWindow.minimize': { check: ({ BrowserWindow }) => typeof BrowserWindow.getAllWindows()[0]?.minimize, expected: isFunction },
  'BrowserWindow.isMinimized': { check: ({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.isMinimized(), expected: false },
  'BrowserWindow.restore': { check: ({ BrowserWindow }) => (BrowserWindow.getAllWindows()[0]?.restore(), BrowserWindow.getAllWindows()[0]?.isMinimized()), expected: false },
  'BrowserWindow.getBounds': { check: ({ BrowserWindow }) => Object.keys(BrowserWindow.getAllWindows()[0]?.getBounds() ?? {}).sort(), expected: ['height', 'width', 'x', 'y'] },
  'BrowserWindow.setBounds': { check: ({ BrowserWindow }) => (BrowserWindow.getAllWindows()[0]?.setBounds({ width: 901 }), BrowserWindow.getAllWindows()[0]?.getBounds().width), expected: 901 },
  'BrowserWindow.getNormalBounds': { check: ({ BrowserWindow }) => Object.keys(BrowserWindow.getAllWindows()[0]?.getNormalBounds() ?? {}).sort(), expected: ['height', 'width', 'x', 'y'] },
  'BrowserWindow.getTitle': { check: ({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.getTitle().includes('Backlot'), expected: true },
  'WebContents.id': { check: ({ webContents }) => webContents.getAllWebContents().map(({ id }) => typeof id), expected: ['number'] },
  'WebContents.mainFrame': { check: ({ webContents }) => webContents.getAllWebContents()[0]?.mainFrame.parent, expected: null },
  'WebContents.getURL': { check: ({ webContents }) => webContents.getAllWebContents()[0]?.getURL().startsWith('app://backlot/'), expected: true },
  'WebContents.isDestroyed': { check: ({ webContents }) => webContents.getAllWebContents()[0]?.isDestroyed(), expected: false },
  'WebContents.isCrashed': { check: ({ webContents }) => webContents.getAllWebContents()[0]?.isCrashed(), expected: false },
  'WebContents.getLastWebPreferences': { check: ({ webContents }) => (webContents.getAllWebContents()[0] as unknown as { getLastWebPreferences(): { sandbox: boolean } }).getLastWebPreferences().sandbox, expected: true },
  'WebContents.setWindowOpenHandler': { check: ({ webContents }) => typeof webContents.getAllWebContents()[0]?.setWindowOpenHandler, expected: isFunction },
  'WebContents.send': { check: ({ webContents }) => { try { webContents.getAllWebContents()[0]?.send('nobody', () => 1); return 'sent'; } catch (error) { return String(error); } }, expected: expect.stringMatching(/An object could not be cloned/) },
  'WebContents.postMessage': { check: ({ webContents, MessageChannelMain }) => { const { port1 } = new MessageChannelMain(); webContents.getAllWebContents()[0]?.postMessage('nobody', 1, [port1]); try { webContents.getAllWebContents()[0]?.postMessage('nobody', 1, [port1]); return 'sent twice'; } catch { return 'sent once'; } }, expected: 'sent once' },
  'WebContents.reload': { check: ({ webContents }) => new Promise((resolve) => { const [contents] = webContents.getAllWebContents(); contents?.once('did-finish-load', () => resolve('loaded')); contents?.reload(); }), expected: 'loaded' },
  'WebContents.close': { check: ({ webContents }) => typeof webContents.getAllWebContents()[0]?.close, expected: isFunction },
  'WebContents.forcefullyCrashRenderer': { check: ({ webContents }) => typeof webContents.getAllWebContents()[0]?.forcefullyCrashRenderer, expected: isFunction },
  'WebFrameMain.url': { check: ({ webContents }) => webContents.getAllWebContents()[0]?.mainFrame.url.startsWith('app://backlot/'), expected: true },
  'WebFrameMain.parent': { check: ({ webContents }) => webContents.getAllWebContents()[0]?.mainFrame.parent, expected: null },
  'webContents.fromId': { check: ({ webContents }) => webContents.getAllWebContents().every((contents) => webContents.fromId(contents.id) === contents) && webContents.fromId(4711) === undefined, expected: true },
  'webContents.fromDevToolsTargetId': { check: ({ webContents }) => webContents.fromDevToolsTargetId('none'), expected: undefined },
  'webContents.getAllWebContents': { check: ({ webContents }) => webContents.getAllWebContents().length, expected: 1 },
  'ipcMain.handle': { check: ({ ipcMain }) => { ipcMain.handle('twice', () => 1); try { ipcMain.handle('twice', () => 2); return 'taken'; } catch (error) { return String(error); } finally { ipcMain.removeHandler('twice'); } }, expected: expect.stringContaining('second handler') },
  'ipcMain.removeHandler': { check: ({ ipcMain }) => { ipcMain.removeHandler('none'); return 'quiet'; }, expected: 'quiet' },
  'MessageChannelMain.port1': { check: ({ MessageChannelMain }) => typeof new MessageChannelMain().port1.start, expected: isFunction },
  'MessageChannelMain.port2': { check: ({ MessageChannelMain }) => typeof new MessageChannelMain().port2.postMessage, expected: isFunction },
  'MessagePortMain.postMessage': {
    check: ({ MessageChannelMain }) =>
      new Promise((resolve) => {
        const { port1, port2 } = new MessageChannelMain();
        port2.on('message', ({ data }) => resolve([data.map.get('a'), data.set.has(1), data.missing, data.date.getTime(), String(data.big), Object.is(data.zero, -0), data.self === data, data.bytes.join()]));
        port2.start();
        const value: Record<string, unknown> = { map: new Map([['a', 1]]), set: new Set([1]), missing: undefined, date: new Date(5), big: 7n, zero: -0, bytes: new Uint8Array([1, 2]) };
        value['self'] = value;
        port1.postMessage(value);
      }),
    expected: [1, true, undefined, 5, '7', true, true, '1,2'],
  },
  'MessagePortMain.start': {
    check: ({ MessageChannelMain }) =>
      new Promise((resolve) => {
        const { port1, port2 } = new MessageChannelMain();
        const heard: unknown[] = [];
        port2.on('message', ({ data }) => (heard.push(data), data === 2 && resolve(heard)));
        port1.postMessage(1);
        port1.postMessage(2);
        port2.start();
      }),
    expected: [1, 2],
  },
  'MessagePortMain.close': { check: ({ MessageChannelMain }) => new Promise((resolve) => { const { port1, port2 } = new MessageChannelMain(); port2.on('close', () => resolve('told')); port2.start(); port1.close(); }), expected: 'told' },
  'utilityProcess.fork': { check: ({ utilityProcess }) => new Promise((resolve) => { const child = utilityProcess.fork('/nonexistent.js', [], { stdio: 'ignore' }); child.once('exit', (code) => resolve(code !== 0)); }), expected: true },
  'UtilityProcess.pid': { check: ({ app }) => app.getAppMetrics().filter(({ type }) => type === 'Utility').every(({ pid }) => pid > 0), expected: true },
  'UtilityProcess.postMessage': { check: ({ utilityProcess }) => { const child = utilityProcess.fork('/nonexistent.js', [], { stdio: 'ignore' }); try { child.postMessage(() => 1); return 'sent'; } catch { return 'refused'; } finally { child.kill(); } }, expected: 'refused' },
  'UtilityProcess.kill': { check: ({ utilityProcess }) => new Promise((resolve) => { const child = utilityProcess.fork('/nonexistent.js', [], { stdio: 'ignore' }); child.once('exit', () => resolve('ended')); child.kill(); }), expected: 'ended' },
  'protocol.registerSchemesAsPrivileged': { check: ({ protocol }) => { try { protocol.registerSchemesAsPrivileged([{ scheme: 'late', privileges: { standard: true, secure: true, supportFetchAPI: true } }]); return 'late call taken'; } catch { return 'late call refused'; } }, expected: 'late call refused' },
  'protocol.handle': { check: ({ protocol }) => { try { protocol.handle('app', () => new Response()); return 'taken'; } catch { return 'refused'; } }, expected: 'refused' },
  'protocol.isProtocolHandled': { check: ({ protocol }) => [protocol.isProtocolHandled('app'), protocol.isProtocolHandled('none')], expected: [true, false] },
  'session.defaultSession': { check: ({ session }) => session.defaultSession === session.defaultSession, expected: true },
  'Session.setPermissionRequestHandler': { check: ({ session }) => typeof session.defaultSession.setPermissionRequestHandler, expected: isFunction },
  'Session.setPermissionCheckHandler': { check: ({ session }) => typeof session.defaultSession.setPermissionCheckHandler, expected: isFunction },
  'Menu.buildFromTemplate': { check: ({ Menu }) => Menu.buildFromTemplate([{ label: 'A' }, { label: 'B' }]).items.length, expected: 2 },
  'Menu.setApplicationMenu': { check: ({ Menu }) => (Menu.setApplicationMenu(Menu.buildFromTemplate([{ label: 'A', submenu: [] }])), Menu.getApplicationMenu()?.items[0]?.label), expected: 'A' },
  'Menu.getApplicationMenu': { check: ({ Menu }) => Menu.getApplicationMenu() !== null, expected: true },
  'Menu.items': { check: ({ Menu }) => Array.isArray(Menu.getApplicationMenu()?.items), expected: true },
  'dialog.showMessageBox': { check: ({ dialog }) => { dialog.showMessageBox = (() => Promise.resolve({ response: 3, checkboxChecked: false })) as typeof dialog.showMessageBox; return dialog.showMessageBox({ message: '' }).then(({ response }) => response); }, expected: 3 },
  'shell.openExternal': { check: ({ shell }) => { shell.openExternal = () => Promise.resolve(); return shell.openExternal('https://backlot.example').then(() => 'replaceable'); }, expected: 'replaceable' },
  'nativeTheme.shouldUseDarkColors': { check: ({ nativeTheme }) => typeof nativeTheme.shouldUseDarkColors, expected: 'boolean' },
  'screen.getAllDisplays': { check: ({ screen }) => screen.getAllDisplays().every(({ workArea }) => workArea.width > 0 && workArea.height > 0), expected: true },
};

test('every member of Electron that the app uses does what the app relies on', async ({ start }) => {
  test.slow();
  const { app } = await start();
  for (const [member, { check, expected }] of Object.entries(CONFORMANCE)) {
    expect.soft(await app.evaluate(check), member).toEqual(expected);
  }
});

test('the double has no member that is not checked here, and names what it does not have', async ({ start }) => {
  test.skip(!isDouble, 'About the double alone.');
  const { app } = await start();
  const members = await app.evaluate(() => [...(globalThis as unknown as Record<symbol, Set<string>>)[Symbol.for('fake-electron.members')] ?? []]);
  const inUtility = ['parentPort.postMessage'];
  expect(members.filter((member) => /^\w+\.\w+$/.test(member) && !inUtility.includes(member) && !(member in CONFORMANCE))).toEqual([]);
  const refusals = await app.evaluate((electron) => {
    const attempt = (use: () => unknown) => {
      try {
        return use();
      } catch (error) {
        return (error as Error).message;
      }
    };
    return [attempt(() => new electron.Tray('')), attempt(() => electron.app.dock), attempt(() => electron.clipboard.readText()), attempt(() => electron.app.on('open-url', () => {}))];
  });
  expect(refusals).toEqual(['NotImplemented: electron.Tray', 'NotImplemented: electron.app.dock', 'NotImplemented: electron.clipboard.readText', "NotImplemented: electron.app.on('open-url')"]);
});
