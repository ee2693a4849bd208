import { existsSync, mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { app, ipcMain, MessageChannelMain, protocol, session } from 'electron';
import { createCoreProcess } from './core-process.ts';
import { hardenContents, hardenSession, type Hardening } from './hardening.ts';
import { leaveCleanly } from './leave.ts';
import { setMenu } from './menu.ts';
import { openOutside } from './open-outside.ts';
import { HOST, SCHEME } from './origin.ts';
import { createPageProtocol } from './page-protocol.ts';
import { openWindow } from './window.ts';
import { createWindows } from './windows.ts';
import { CONNECT, isAnswerChannel, type Line } from './words.ts';

const here = import.meta.dirname;
const { BACKLOT_HOME, ELECTRON_RENDERER_URL } = process.env;
const developmentServer = app.isPackaged ? undefined : ELECTRON_RENDERER_URL;

// All this must precede `ready`.
const home = BACKLOT_HOME === undefined ? join(app.getPath('appData'), 'backlot') : resolve(BACKLOT_HOME);
const userData = join(home, 'desktop');
mkdirSync(userData, { recursive: true });
app.setPath('userData', userData);
app.enableSandbox();
protocol.registerSchemesAsPrivileged([{ scheme: SCHEME, privileges: { standard: true, secure: true, supportFetchAPI: true, codeCache: true } }]);

const directory = projectIn(process.argv) ?? process.cwd();
if (app.requestSingleInstanceLock({ directory })) run();
else app.quit();

/** Opens the window of the project that the app was started in, and of each that a second start names. */
function run(): void {
  const core = createCoreProcess(join(here, 'core.js'));
  const windows = createWindows(open, developmentServer);
  const hardening: Hardening = { developmentServer, openOutside: (address) => void openOutside(address) };
  hardenContents(app, hardening);
  leaveCleanly(app, core);

  ipcMain.on(CONNECT, (event, channel: unknown) => {
    const project = windows.projectOf(event);
    if (project === undefined || !isAnswerChannel(channel)) return;
    const { port1, port2 } = new MessageChannelMain();
    const { failure } = core.open(port1);
    if (failure === undefined) event.sender.postMessage(channel, { directory: project } satisfies Line, [port2]);
    else event.sender.postMessage(channel, { failure } satisfies Line);
  });

  app.on('second-instance', (_event, argv, workingDirectory, sent) => {
    const named = (sent as { readonly directory?: unknown } | null)?.directory;
    windows.show(typeof named === 'string' ? named : (projectIn(argv) ?? workingDirectory));
  });
  app.on('activate', () => windows.show(directory));
  app.on('window-all-closed', () => {
    if (process.platform !== 'darwin') app.quit();
  });

  void app.whenReady().then(() => {
    hardenSession(session.defaultSession, hardening);
    protocol.handle(SCHEME, createPageProtocol(join(here, '../renderer'), (text) => console.warn(text)));
    setMenu();
    windows.show(directory);
  });
}

function open() {
  const icon = join(here, '../../resources/icon.png');
  return openWindow({
    address: developmentServer ?? `${SCHEME}://${HOST}/`,
    preload: join(here, '../preload/preload.cjs'),
    icon: existsSync(icon) ? icon : undefined,
    placeFile: join(userData, 'window.json'),
  });
}

/** The folder that `--project=DIR` names. */
function projectIn(argv: readonly string[]): string | undefined {
  const named = argv.find((word) => word.startsWith('--project='))?.slice('--project='.length);
  return named === undefined || named === '' ? undefined : resolve(named);
}
