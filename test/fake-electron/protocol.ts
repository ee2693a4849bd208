import { fromChromium } from './frames.ts';
import { NotImplemented, only } from './not-implemented.ts';
import { cdp, mustBeReady, state } from './state.ts';

/* eslint-disable @typescript-eslint/no-explicit-any */

/** Electron's protocol: schemes that Chromium takes for standard and secure ones. */
export const protocol = only('protocol', {
  registerSchemesAsPrivileged(schemes: readonly Electron.CustomScheme[]): void {
    if (state.ready) throw new Error('protocol.registerSchemesAsPrivileged should be called before app is ready');
    for (const { scheme, privileges } of schemes) {
      if (!privileges?.standard || !privileges.secure || !privileges.supportFetchAPI) throw new NotImplemented(`a scheme that is not standard, secure and fetchable (${scheme})`);
      if (privileges.bypassCSP || privileges.corsEnabled) throw new NotImplemented(`a scheme with bypassCSP or corsEnabled (${scheme})`);
      state.privileged.add(scheme);
    }
  },
  handle(scheme: string, handler: (request: Request) => Response | Promise<Response>): void {
    mustBeReady('protocol');
    if (!state.privileged.has(scheme)) throw new NotImplemented(`protocol.handle('${scheme}') without registerSchemesAsPrivileged`);
    if (state.handlers.has(scheme)) throw new Error(`The scheme '${scheme}' has already been handled`);
    state.handlers.set(scheme, handler);
  },
  isProtocolHandled: (scheme: string): boolean => state.handlers.has(scheme),
});

/** Answers a request that Chromium holds: by the app's handler for its scheme, else by the network. */
export async function answerPaused({ requestId, request }: any, session: string): Promise<void> {
  const address = fromChromium(request.url);
  const handler = state.handlers.get(address.slice(0, address.indexOf(':')));
  if (!handler) return cdp().tell('Fetch.continueRequest', { requestId }, session);
  try {
    const body = request.postData === undefined ? {} : { body: request.postData };
    const response = await handler(new Request(address, { method: request.method, headers: request.headers, ...body }));
    const bytes = Buffer.from(await response.arrayBuffer());
    cdp().tell(
      'Fetch.fulfillRequest',
      {
        requestId,
        responseCode: response.status,
        responseHeaders: [...response.headers].map(([name, value]) => ({ name, value })),
        body: bytes.toString('base64'),
      },
      session,
    );
  } catch (error) {
    console.error(error);
    cdp().tell('Fetch.failRequest', { requestId, errorReason: 'Failed' }, session);
  }
}
