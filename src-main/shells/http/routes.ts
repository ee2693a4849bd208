import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { admit, type Place } from './admission.ts';
import type { Keys } from './keys.ts';
import type { Limits } from './limits.ts';
import { createPageAnswer } from './page-answer.ts';
import { pageHeaders } from './page-headers.ts';
import { readJson } from './read-json.ts';

export type RouteContext = {
  readonly hosts: ReadonlySet<string>;
  readonly keys: Keys;
  readonly limits: Limits;
  readonly rendererRoot: string;
  readonly directory: string | undefined;
  onExchanged(): void;
};

type Reply = { readonly status: number; readonly value?: unknown };
type Route = { readonly method: string; readonly path: string; readonly place: Place; reply(request: IncomingMessage): Reply | Promise<Reply> };

/** Every request that this server understands, beside the page and the socket. */
function routesOf({ keys, limits, directory, onExchanged }: RouteContext): readonly Route[] {
  return [
    {
      method: 'POST',
      path: '/api/session',
      place: 'exchange',
      async reply(request) {
        const body = await readJson(request, limits.body);
        if (!body.ok) return { status: body.status };
        const { code } = (body.value ?? {}) as { readonly code?: unknown };
        const key = typeof code === 'string' ? keys.exchange(code) : undefined;
        if (key === undefined) return { status: 401 };
        onExchanged();
        return { status: 200, value: { key } };
      },
    },
    { method: 'GET', path: '/api/session', place: 'api', reply: () => ({ status: 200, value: { ...(directory !== undefined && { directory }) } }) },
  ];
}

/** Answers every request: nothing outside the page is answered without a key, whether it exists or not. */
export function createRoutes(context: RouteContext): RequestListener {
  const routes = routesOf(context);
  const answerPage = createPageAnswer(context.rendererRoot);

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = (request.url ?? '').split('?')[0] ?? '';
    const sameName = routes.filter((route) => route.path === path);
    const route = sameName.find(({ method }) => method === request.method);
    const closed = /^\/(api|ws|artifact|metrics)(\/|$)/i.test(path);
    const admission = admit(request, route?.place ?? (closed ? 'api' : 'page'), context.hosts, context.keys);

    for (const [name, value] of Object.entries(pageHeaders([`ws://${request.headers.host}`]))) response.setHeader(name, value);
    if (!admission.admitted) {
      if (admission.status === 421) for (const name of response.getHeaderNames()) response.removeHeader(name);
      return finish(response, admission.status);
    }
    if (!closed) return answerPage(request, path, response);
    response.setHeader('cache-control', 'no-store');
    if (!route) return finish(response, sameName.length > 0 ? 405 : 404);
    const { status, value } = await route.reply(request);
    finish(response, status, value);
  }

  return (request, response) => {
    answer(request, response).catch(() => (response.headersSent ? response.destroy() : finish(response, 500)));
  };
}

/** A refused request's connection is closed: what is left of its body is not worth reading. */
function finish(response: ServerResponse, status: number, value?: unknown): void {
  if (status >= 400) response.setHeader('connection', 'close');
  response.statusCode = status;
  if (value === undefined) return void response.end();
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify(value));
}
