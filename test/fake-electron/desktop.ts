import { only, NotImplemented } from './not-implemented.ts';
import { mustBeReady, state, type PermissionCheckHandler, type PermissionRequestHandler } from './state.ts';

const ROLES = new Set([
  'appMenu', 'fileMenu', 'editMenu', 'viewMenu', 'windowMenu', 'help', 'reload', 'forceReload', 'toggleDevTools', 'resetZoom', 'zoomIn', 'zoomOut', 'togglefullscreen',
  'undo', 'redo', 'cut', 'copy', 'paste', 'selectAll', 'minimize', 'close', 'quit', 'about',
]);

class MenuDouble {
  readonly items: readonly Electron.MenuItemConstructorOptions[];

  constructor(items: readonly Electron.MenuItemConstructorOptions[]) {
    this.items = items;
  }

  static buildFromTemplate(template: readonly Electron.MenuItemConstructorOptions[]): MenuDouble {
    for (const { role, submenu } of template) {
      if (role !== undefined && !ROLES.has(role)) throw new NotImplemented(`Menu role '${role}'`);
      if (Array.isArray(submenu)) MenuDouble.buildFromTemplate(submenu);
    }
    return only('Menu', new MenuDouble(template));
  }

  static setApplicationMenu(menu: MenuDouble | null): void {
    applicationMenu = menu;
  }

  static getApplicationMenu(): MenuDouble | null {
    return applicationMenu;
  }
}

let applicationMenu: MenuDouble | null = null;

export const Menu = only('Menu', MenuDouble);

/** What a person would answer: a test replaces the function before it is called. */
function unscripted(member: string): never {
  throw new Error(`${member} was called, but the test has not said what the user does`);
}

export const dialog: Pick<Electron.Dialog, 'showMessageBox'> = only('dialog', {
  showMessageBox: () => unscripted('dialog.showMessageBox'),
});

export const shell: Pick<Electron.Shell, 'openExternal'> = only('shell', {
  openExternal: () => unscripted('shell.openExternal'),
});

export const nativeTheme = only('nativeTheme', { shouldUseDarkColors: false });

const DISPLAY = { x: 0, y: 0, width: 1920, height: 1080 };

export const screen = only('screen', {
  getAllDisplays() {
    mustBeReady('screen');
    return [{ id: 1, bounds: DISPLAY, workArea: DISPLAY, scaleFactor: 1 }];
  },
});

const defaultSession = only('Session', {
  setPermissionRequestHandler: (handler: PermissionRequestHandler) => void (state.permissionRequest = handler),
  setPermissionCheckHandler: (handler: PermissionCheckHandler) => void (state.permissionCheck = handler),
});

export const session = only('session', {
  get defaultSession() {
    mustBeReady('session');
    return defaultSession;
  },
});
