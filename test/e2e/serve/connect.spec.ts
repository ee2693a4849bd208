import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test as base, type Page } from '@playwright/test';
import { build } from 'vite';
import type { Dispatcher } from '../../../src-main/core/dispatcher.ts';
import { startServer, type Server } from '../../../src-main/shells/http/main.ts';
import type { Connection } from '../../../src-renderer/connect.ts';

/** The calls that are held. */
const held = new Set<string>();

/** A core that lists no operations, and holds every other call until its page is gone. */
const dispatcher: Dispatcher = {
  async call(method, _input, signal) {
    if (method === 'operations.list') return { operations: [] };
    held.add(method);
    await once(signal, 'abort');
    held.delete(method);
    return undefined;
  },
  open: () => (async function* () {})(),
};

type Worker = { readonly rendererRoot: string };
type Fixtures = { readonly serve: (port?: number) => Promise<Server> };

const test = base.extend<Fixtures, Worker>({
  rendererRoot: [
    async ({}, use) => {
      const outDir = mkdtempSync(join(tmpdir(), 'backlot-connect-'));
      await build({ root: join(import.meta.dirname, 'page'), configFile: false, logLevel: 'warn', build: { outDir, emptyOutDir: true } });
      await use(outDir);
      rmSync(outDir, { recursive: true, force: true });
    },
    { scope: 'worker' },
  ],
  serve: async ({ rendererRoot }, use) => {
    const servers: Server[] = [];
    await use(async (port) => {
      const server = await startServer({ app: { dispatcher }, rendererRoot, directory: '/projects/shop', ...(port !== undefined && { port }) });
      servers.push(server);
      return server;
    });
    await Promise.all(servers.map((server) => server.close()));
  },
});

const state = (page: Page) => expect(page.locator('#state'));
type WithConnection = { readonly connection: Connection };

test('the printed address opens the page, and leaves no trace of its code', async ({ page, serve }) => {
  const server = await serve();
  const told: string[] = [];
  page.on('console', (message) => told.push(message.text()));
  await page.goto(server.url);
  await state(page).toHaveText('open');
  expect(page.url()).toBe(`http://127.0.0.1:${server.port}/`);
  expect(await page.evaluate(() => (window as unknown as WithConnection).connection.current())).toMatchObject({ directory: '/projects/shop' });
  expect(await page.context().cookies()).toEqual([]);
  expect(await page.evaluate(() => Object.keys(localStorage))).toEqual([]);
  expect(told.filter((text) => !text.includes('favicon') && !text.includes('404'))).toEqual([]);
});

test('calls pass through the socket', async ({ page, serve }) => {
  await page.goto((await serve()).url);
  await state(page).toHaveText('open');
  const answer = await page.evaluate(() => {
    const current = (window as unknown as WithConnection).connection.current();
    return current.kind === 'open' ? current.backlot.operations.list({}) : undefined;
  });
  expect(answer).toEqual({ operations: [] });
});

test('a page that is loaded again stays in', async ({ page, serve }) => {
  await page.goto((await serve()).url);
  await state(page).toHaveText('open');
  await page.reload();
  await state(page).toHaveText('open');
});

test('a new tab is let in by a tab that is in', async ({ page, context, serve }) => {
  const server = await serve();
  await page.goto(server.url);
  await state(page).toHaveText('open');
  const second = await context.newPage();
  await second.goto(`http://127.0.0.1:${server.port}/`);
  await state(second).toHaveText('open');
});

test('a tab without a key says so, and opens when another tab is let in', async ({ page, context, serve }) => {
  const server = await serve();
  await page.goto(`http://127.0.0.1:${server.port}/`);
  await state(page).toHaveText('unauthorized');
  const second = await context.newPage();
  await second.goto(server.url);
  await state(second).toHaveText('open');
  await state(page).toHaveText('open');
});

test('a tab without a key opens when the address is put into it', async ({ page, serve }) => {
  const server = await serve();
  await page.goto(`http://127.0.0.1:${server.port}/`);
  await state(page).toHaveText('unauthorized');
  await page.goto(server.url);
  await state(page).toHaveText('open');
});

test('an address that was used before opens nothing', async ({ page, browser, serve }) => {
  const server = await serve();
  await page.goto(server.url);
  await state(page).toHaveText('open');
  const stranger = await (await browser.newContext()).newPage();
  await stranger.goto(server.url);
  await state(stranger).toHaveText('unauthorized');
  await stranger.context().close();
});

test('F35: a page whose key is revoked says so', async ({ page, serve }) => {
  const server = await serve();
  await page.goto(server.url);
  await state(page).toHaveText('open');
  await server.revoke();
  await state(page).toHaveText('unauthorized');
});

test('F35: a page whose server ends waits for it, and opens with the new one once it has a key of it', async ({ page, context, serve }) => {
  const server = await serve();
  await page.goto(server.url);
  await state(page).toHaveText('open');
  const pending = page.evaluate(() => {
    const current = (window as unknown as WithConnection).connection.current();
    return current.kind === 'open' ? current.backlot.system.version({}).catch((error: { code: string }) => error.code) : 'not open';
  });
  await expect.poll(() => [...held]).toEqual(['system.version']);
  await server.close();
  await state(page).toHaveText('lost');
  expect(await pending).toBe('connection-lost');

  const next = await serve(server.port);
  await state(page).toHaveText('unauthorized');
  const second = await context.newPage();
  await second.goto(next.url);
  await state(second).toHaveText('open');
  await state(page).toHaveText('open');
});

test('F35: a page whose socket breaks connects again by itself', async ({ page, serve }) => {
  await page.addInitScript(() => {
    const sockets: WebSocket[] = [];
    Object.assign(window, { sockets });
    const Original = WebSocket;
    window.WebSocket = class extends Original {
      constructor(...given: ConstructorParameters<typeof WebSocket>) {
        super(...given);
        sockets.push(this);
      }
    };
  });
  await page.goto((await serve()).url);
  await state(page).toHaveText('open');
  await page.evaluate(() => (window as unknown as { sockets: WebSocket[] }).sockets[0]?.close());
  await expect.poll(() => page.evaluate(() => (window as unknown as { sockets: WebSocket[] }).sockets.length)).toBe(2);
  await state(page).toHaveText('open');
});
