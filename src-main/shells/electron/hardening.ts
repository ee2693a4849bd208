import type { App, Session, WebContents } from 'electron';
import { isOurs } from './origin.ts';

const PERMITTED: readonly string[] = ['clipboard-sanitized-write', 'notifications'];

export type Hardening = {
  /** Told of an address that the page wants opened outside. */
  readonly openOutside: (address: string) => void;
  readonly developmentServer: string | undefined;
};

/** Whether a page at `address` is given `permission`. Electron gives all to all unless it is asked. */
export function permits(permission: string, address: string, developmentServer?: string): boolean {
  return PERMITTED.includes(permission) && isOurs(address, developmentServer);
}

export function hardenSession(session: Session, { developmentServer }: Hardening): void {
  session.setPermissionRequestHandler((_contents, permission, answer, { requestingUrl }) => answer(permits(permission, requestingUrl, developmentServer)));
  session.setPermissionCheckHandler((_contents, permission, origin) => permits(permission, origin, developmentServer));
}

/** Keeps every window of the app on our page: no navigation away, no second window, no embedded one. */
export function hardenContents(app: App, hardening: Hardening): void {
  app.on('web-contents-created', (_event, contents) => harden(contents, hardening));
}

function harden(contents: WebContents, { openOutside, developmentServer }: Hardening): void {
  const stay = (event: { readonly url: string; preventDefault(): void }) => {
    if (!isOurs(event.url, developmentServer)) event.preventDefault();
  };
  contents.on('will-navigate', stay);
  contents.on('will-frame-navigate', stay);
  contents.on('will-redirect', stay);
  contents.on('will-attach-webview', (event) => event.preventDefault());
  contents.setWindowOpenHandler(({ url }) => {
    openOutside(url);
    return { action: 'deny' };
  });
}
