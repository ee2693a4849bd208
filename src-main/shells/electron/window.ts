import { BrowserWindow, nativeTheme, screen, type BrowserWindowConstructorOptions } from 'electron';
import { placeFor, readPlace, writePlace } from './window-state.ts';

export type WindowOptions = {
  readonly address: string;
  readonly preload: string;
  readonly icon: string | undefined;
  /** Where the window's place is kept. */
  readonly placeFile: string;
};

/** What every window of the app is opened with. The page is a stranger to the machine: it has the DOM and one line to the core. */
function webPreferences(preload: string): NonNullable<BrowserWindowConstructorOptions['webPreferences']> {
  return {
    preload,
    sandbox: true,
    contextIsolation: true,
    nodeIntegration: false,
    nodeIntegrationInWorker: false,
    nodeIntegrationInSubFrames: false,
    webSecurity: true,
    allowRunningInsecureContent: false,
    experimentalFeatures: false,
    webviewTag: false,
    spellcheck: false,
  };
}

/** The colour of the page's own ground, so that nothing flashes before the page is drawn. */
const GROUND = { light: '#fcfbf9', dark: '#161715' };
/** Times that a page which crashed is loaded again before it is left to the user. */
const MOST_RELOADS = 3;

/** Opens a window where the last one stood, and shows it when there is something to see. */
export function openWindow({ address, preload, icon, placeFile }: WindowOptions): BrowserWindow {
  const { maximized, ...bounds } = placeFor(readPlace(placeFile), screen.getAllDisplays().map(({ workArea }) => workArea));
  const window = new BrowserWindow({
    ...bounds,
    minWidth: 480,
    minHeight: 320,
    show: false,
    title: 'Backlot',
    autoHideMenuBar: true,
    backgroundColor: nativeTheme.shouldUseDarkColors ? GROUND.dark : GROUND.light,
    ...(icon !== undefined && { icon }),
    webPreferences: webPreferences(preload),
  });
  window.once('ready-to-show', () => {
    if (maximized) window.maximize();
    window.show();
  });
  window.on('close', () => writePlace(placeFile, { ...window.getNormalBounds(), maximized: window.isMaximized() }));
  reloadAfterCrash(window);
  void window.loadURL(address).catch(() => {
    // A page that could not be loaded says so itself; a window that was closed meanwhile needs none.
  });
  return window;
}

function reloadAfterCrash(window: BrowserWindow): void {
  let left = MOST_RELOADS;
  window.webContents.on('render-process-gone', (_event, { reason }) => {
    if (reason === 'clean-exit' || left === 0) return;
    left -= 1;
    window.webContents.reload();
  });
}
