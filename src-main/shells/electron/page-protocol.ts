import { createPageFiles } from '../http/page-files.ts';
import { pageHeaders } from '../http/page-headers.ts';
import { HOST } from './origin.ts';

/** Answers `app://backlot/…` with the built page, under the same headers as in a browser. `warn` is told once of a path that no page asks for. */
export function createPageProtocol(root: string, warn: (text: string) => void): (request: Request) => Promise<Response> {
  const files = createPageFiles(root);
  const headers = pageHeaders();
  let warned = false;

  return async (request) => {
    if (request.method !== 'GET' && request.method !== 'HEAD') return new Response(null, { status: 405, headers });
    const { host, pathname } = new URL(request.url);
    const file = host === HOST ? await files.find(pathname) : 'bad';
    if (file === 'bad' && !warned) {
      warned = true;
      warn(`Refused ${request.url.slice(0, 200)}`);
    }
    if (file === 'bad' || file === 'missing') return new Response(null, { status: 404, headers });
    return new Response(new Uint8Array(file.bytes), { headers: { ...headers, 'content-type': file.type, 'cache-control': 'no-cache' } });
  };
}
