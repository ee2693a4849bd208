import type { BrowserWindow, IpcMainEvent } from 'electron';
import { isFromOurPage } from './origin.ts';

/** The open windows: one for each project. */
export interface Windows {
  /** Brings the window of a project to the front, or opens it. */
  show(directory: string): void;
  /** The project of the page that sent a message; `undefined` where the message is not our page's. */
  projectOf(event: IpcMainEvent): string | undefined;
}

/** `open` makes one window. `developmentServer` is where the page comes from while it is being developed. */
export function createWindows(open: () => BrowserWindow, developmentServer: string | undefined): Windows {
  const windows = new Map<number, { readonly directory: string; readonly window: BrowserWindow }>();

  return {
    show(directory) {
      const shown = [...windows.values()].find((entry) => entry.directory === directory)?.window;
      if (shown) {
        if (shown.isMinimized()) shown.restore();
        return shown.focus();
      }
      const window = open();
      const { id } = window.webContents;
      windows.set(id, { directory, window });
      window.on('closed', () => windows.delete(id));
    },
    projectOf(event) {
      if (!isFromOurPage(event, new Set(windows.keys()), developmentServer)) return undefined;
      return windows.get(event.sender.id)?.directory;
    },
  };
}
