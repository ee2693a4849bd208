import { cdp, state } from './state.ts';
import { toChromium } from './frames.ts';

/** Chromium's descriptors of the permissions that Electron names so. */
const PERMISSIONS: Readonly<Record<string, object>> = {
  'notifications': { name: 'notifications' },
  'geolocation': { name: 'geolocation' },
  'midi': { name: 'midi' },
  'midiSysex': { name: 'midi', sysex: true },
  'media': { name: 'camera' },
  'clipboard-read': { name: 'clipboard-read' },
  'clipboard-sanitized-write': { name: 'clipboard-write' },
  'idle-detection': { name: 'idle-detection' },
};

/** Asks the app's handlers about every permission of the page at `address`. As in Electron, without a handler everything is granted. */
export async function applyPermissions(contents: unknown, address: string): Promise<void> {
  const origin = new URL(toChromium(address, state.privileged)).origin;
  await Promise.all(
    Object.entries(PERMISSIONS).map(async ([permission, descriptor]) => {
      const granted = isChecked(contents, permission, address) && (await isGranted(contents, permission, address));
      await cdp().send('Browser.setPermission', { permission: descriptor, setting: granted ? 'granted' : 'denied', origin });
    }),
  );
}

function isChecked(contents: unknown, permission: string, address: string): boolean {
  const check = state.permissionCheck;
  return !check || check(contents as Electron.WebContents, permission as never, address, { isMainFrame: true, requestingUrl: address });
}

function isGranted(contents: unknown, permission: string, address: string): Promise<boolean> {
  const request = state.permissionRequest;
  if (!request) return Promise.resolve(true);
  return new Promise((resolve) => request(contents as Electron.WebContents, permission as never, resolve, { isMainFrame: true, requestingUrl: address } as Electron.PermissionRequest));
}
