import type { IpcMainEvent } from 'electron';

export const SCHEME = 'app';
export const HOST = 'backlot';

/** Whether an address belongs to our page. Compared in parts, never by its beginning. */
export function isOurs(address: string, developmentServer?: string): boolean {
  const url = parsed(address);
  if (!url) return false;
  if (url.protocol === `${SCHEME}:`) return url.host === HOST;
  const development = developmentServer === undefined ? undefined : parsed(developmentServer);
  return development !== undefined && url.origin === development.origin;
}

/** Whether a message comes from the main frame of one of our windows, showing our page. */
export function isFromOurPage(event: Pick<IpcMainEvent, 'sender' | 'senderFrame'>, windows: ReadonlySet<number>, developmentServer?: string): boolean {
  const { sender, senderFrame } = event;
  return senderFrame !== null && senderFrame.parent === null && windows.has(sender.id) && isOurs(senderFrame.url, developmentServer);
}

function parsed(address: string): URL | undefined {
  try {
    return new URL(address);
  } catch {
    return undefined;
  }
}
