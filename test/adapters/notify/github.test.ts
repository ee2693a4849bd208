import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { z } from 'zod';
import { createWebhookDeployer } from '#adapters/deploy/webhook-deployer.ts';
import { tellGithub } from '#adapters/notify/github.ts';
import { never } from '../registry/registry-scene.ts';
import description from './github-description.json' with { type: 'json' };

type Operation = { readonly method: string; readonly path: string; readonly parameters: readonly Parameter[]; readonly body?: Schema };
type Parameter = { readonly name: string; readonly in: string; readonly required?: boolean; readonly schema: Schema };
type Schema = Parameters<typeof z.fromJSONSchema>[0];
const OPERATIONS = description.operations as unknown as readonly Operation[];

/** What GitHub's published description has against a request; also fields that it does not know, which it would not refuse. */
function faultsOf({ parameters, body }: Operation, url: URL, sent: unknown): unknown[] {
  const known = parameters.filter((one) => one.in === 'query');
  const stray = [...url.searchParams.keys()].filter((key) => !known.some(({ name }) => name === key));
  const missing = known.filter(({ name, required }) => required === true && !url.searchParams.has(name)).map(({ name }) => name);
  const wrong = known.flatMap(({ name, schema }) => {
    const value = url.searchParams.get(name);
    const isNumber = typeof schema === 'object' && schema.type === 'integer';
    return value === null ? [] : against(schema, isNumber ? Number(value) : value);
  });
  const fields = typeof body === 'object' ? Object.keys(body.properties ?? {}) : [];
  const others = Object.keys((sent ?? {}) as object).filter((field) => !fields.includes(field));
  return [...stray, ...missing, ...wrong, ...others, ...(body === undefined ? [] : against(body, sent))];
}

const against = (schema: Schema, value: unknown): unknown[] => z.fromJSONSchema(schema, { defaultTarget: 'openapi-3.0' }).safeParse(value).error?.issues ?? [];

/** By which operation a request is answered. */
function operationOf(method: string, { pathname }: URL): Operation | undefined {
  return OPERATIONS.find((one) => one.method === method.toLowerCase() && new RegExp(`^${one.path.replace(/\{\w+\}/g, '[^/]+')}$`).test(pathname));
}

const REVISION = 'a'.repeat(40);
const IMAGE = `registry.example/shop@sha256:${'1'.repeat(64)}`;

test('GitHub is asked only what its published description allows: statuses, deployments with theirs, and the start of a workflow', async () => {
  const asked: { readonly method: string; readonly place: string; readonly body: unknown; readonly headers: http.IncomingHttpHeaders }[] = [];
  const listener = http.createServer((request, response) => {
    let text = '';
    request.setEncoding('utf8').on('data', (piece: string) => (text += piece));
    request.on('end', () => {
      asked.push({ method: request.method ?? '', place: request.url ?? '', body: text === '' ? undefined : (JSON.parse(text) as unknown), headers: request.headers });
      const run = { status: 'completed', conclusion: 'success', created_at: new Date().toISOString(), display_title: 'rel-1' };
      const answer = request.method === 'POST' ? { id: 7 } : (request.url ?? '').includes('/runs') ? { workflow_runs: [run] } : [];
      response.writeHead(request.url?.endsWith('/dispatches') ? 204 : 201 - Number(request.method === 'GET')).end(request.url?.endsWith('/dispatches') ? undefined : JSON.stringify(answer));
    });
  });
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    listener.closeAllConnections();
    listener.close();
  });
  const url = `http://127.0.0.1:${(listener.address() as AddressInfo).port}`;
  const news = { project: 'shop', target: 'staging', revision: REVISION, image: IMAGE, digest: IMAGE.slice(IMAGE.indexOf('@') + 1), who: 'ann@laptop', link: 'https://ci.example/1', reason: 'x'.repeat(300) } as const;
  for (const [event, verdict] of [['promote'], ['deploy'], ['pass', 'pass'], ['fail', 'fail'], ['fail', 'inconclusive'], ['rollback', 'pass']] as const) {
    await tellGithub({ repository: 'acme/shop', token: 'ghp_a_token', url, statuses: true, deployments: true }, { ...news, event, ...(verdict !== undefined && { verdict }) }, never);
  }
  const order = { release: 'rel-1', project: 'shop', directory: '/', files: '/', target: 'staging', revision: REVISION, image: IMAGE, who: 'ann', mode: 'deploy' } as const;
  const work = { signal: never, tell: () => {}, secret: async (reference: unknown) => Promise.resolve(String(reference)), redact: (text: string) => text };
  await createWebhookDeployer().deploy({ url: `${url}/repos/acme/shop/actions/workflows/deploy.yml/dispatches`, kind: 'github' }, order, work);

  const used = new Set<Operation>();
  for (const { method, place, body, headers } of asked) {
    const operation = operationOf(method, new URL(place, url));
    if (!operation) throw new Error(`GitHub has no ${method} ${place}`);
    expect(faultsOf(operation, new URL(place, url), body), `${method} ${place} ${JSON.stringify(body)}`).toEqual([]);
    // So says its text alone.
    expect(String((body as { description?: string } | undefined)?.description ?? '').length).toBeLessThanOrEqual(140);
    expect(headers).toMatchObject({ accept: 'application/vnd.github+json', 'x-github-api-version': '2022-11-28' });
    used.add(operation);
  }
  expect(used).toEqual(new Set(OPERATIONS));
  const states = asked.filter(({ place }) => place.endsWith('/7/statuses')).map(({ body }) => (body as { state: string }).state);
  expect(states).toEqual(['in_progress', 'success', 'failure', 'error', 'success']);
});
