import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { z } from 'zod';
import { createWebhookDeployer } from '#adapters/deploy/webhook-deployer.ts';
import { tellGithub } from '#adapters/notify/github.ts';
import { never } from '../registry/registry-scene.ts';

/** The requests that GitHub's REST description of 2022-11-28 allows there: no other field, and of each field only its values. */
const REQUESTS = {
  '/repos/acme/shop/statuses/': z.strictObject({ state: z.enum(['error', 'failure', 'pending', 'success']), target_url: z.url().optional(), description: z.string().max(140).optional(), context: z.string().optional() }),
  '/repos/acme/shop/deployments/7/statuses': z.strictObject({
    state: z.enum(['error', 'failure', 'inactive', 'in_progress', 'queued', 'pending', 'success']),
    target_url: z.url().optional(),
    log_url: z.url().optional(),
    description: z.string().max(140).optional(),
    environment: z.string().optional(),
    environment_url: z.url().optional(),
    auto_inactive: z.boolean().optional(),
  }),
  '/repos/acme/shop/deployments': z.strictObject({
    ref: z.string(),
    task: z.string().optional(),
    auto_merge: z.boolean().optional(),
    required_contexts: z.array(z.string()).optional(),
    payload: z.union([z.string(), z.record(z.string(), z.unknown())]).optional(),
    environment: z.string().optional(),
    description: z.string().optional(),
    transient_environment: z.boolean().optional(),
    production_environment: z.boolean().optional(),
  }),
  '/repos/acme/shop/actions/workflows/deploy.yml/dispatches': z.strictObject({ ref: z.string(), inputs: z.record(z.string(), z.string()).refine((inputs) => Object.keys(inputs).length <= 10) }),
};

const REVISION = 'a'.repeat(40);
const IMAGE = `registry.example/shop@sha256:${'1'.repeat(64)}`;

test('GitHub is asked only what its description allows: statuses, deployments with theirs, and the start of a workflow', async () => {
  const asked: { readonly place: string; readonly body: unknown; readonly headers: http.IncomingHttpHeaders }[] = [];
  const listener = http.createServer((request, response) => {
    let text = '';
    request.setEncoding('utf8').on('data', (piece: string) => (text += piece));
    request.on('end', () => {
      if (request.method === 'POST') asked.push({ place: request.url ?? '', body: JSON.parse(text) as unknown, headers: request.headers });
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

  const places = new Set<string>();
  for (const { place, body, headers } of asked) {
    const shape = Object.entries(REQUESTS).find(([start]) => (start.endsWith('/') ? place.startsWith(start) : place === start));
    expect(shape?.[1].safeParse(body).error?.issues ?? [], `${place} ${JSON.stringify(body)}`).toEqual([]);
    expect(headers).toMatchObject({ accept: 'application/vnd.github+json', 'x-github-api-version': '2022-11-28' });
    places.add(shape?.[0] ?? place);
  }
  expect(places).toEqual(new Set(Object.keys(REQUESTS)));
  const states = asked.filter(({ place }) => place.endsWith('/7/statuses')).map(({ body }) => (body as { state: string }).state);
  expect(states).toEqual(['in_progress', 'success', 'failure', 'error', 'success']);
});
