import type { Cdp } from './cdp.ts';
import type { Chromium } from './chromium.ts';

export type PermissionRequestHandler = Parameters<Electron.Session['setPermissionRequestHandler']>[0];
export type PermissionCheckHandler = Parameters<Electron.Session['setPermissionCheckHandler']>[0];

/** What the parts of one running double share. */
export const state = {
  chromium: undefined as Chromium | undefined,
  ready: false,
  /** The app's folder and its package.json. */
  root: '',
  manifest: {} as { readonly name?: string; readonly version?: string },
  /** The running utility processes by their ids. */
  utilities: new Map<number, string>(),
  privileged: new Set<string>(),
  handlers: new Map<string, (request: Request) => Response | Promise<Response>>(),
  permissionRequest: null as PermissionRequestHandler,
  permissionCheck: null as PermissionCheckHandler,
};

export function cdp(): Cdp {
  if (!state.chromium) throw new Error('Chromium is not running');
  return state.chromium.cdp;
}

/** Most of Electron may not be used before `ready`. */
export function mustBeReady(member: string): void {
  if (!state.ready) throw new Error(`${member} cannot be used before the app is ready`);
}
