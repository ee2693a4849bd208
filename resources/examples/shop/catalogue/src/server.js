import { createServer } from 'node:http';
import { log } from './log.js';
import { drawPicture } from './picture.js';
import { readQuery } from './products.js';

/** The catalogue over HTTP. */
export function createCatalogueServer({ catalogue, cache }) {
  return createServer(async (request, response) => {
    const started = performance.now();
    const url = new URL(request.url, 'http://catalogue');
    try {
      await answer(url, request, response, { catalogue, cache });
    } catch (error) {
      log('error', 'request failed', { path: url.pathname, reason: error.message });
      if (!response.headersSent) sendJson(response, 500, { error: 'The catalogue could not answer.' });
    }
    if (url.pathname !== '/health') {
      log('info', 'request', { method: request.method, path: `${url.pathname}${url.search}`, status: response.statusCode, cache: response.getHeader('x-cache'), ms: Math.round((performance.now() - started) * 10) / 10 });
    }
  });
}

async function answer(url, request, response, { catalogue, cache }) {
  if (url.pathname === '/health') return sendHealth(response, { catalogue, cache });
  if (request.method !== 'GET') return sendJson(response, 405, { error: 'Only GET is served here.' });
  if (url.pathname === '/products') return sendCached(response, cache, `list:${url.searchParams}`, () => catalogue.list(readQuery(url.searchParams)));
  if (url.pathname === '/categories') return sendCached(response, cache, 'categories', () => catalogue.categories());
  const [, slug, picture] = /^\/products\/([a-z0-9-]+)(\/picture\.svg)?$/.exec(url.pathname) ?? [];
  if (slug && picture) return sendPicture(response, await catalogue.find(slug));
  if (slug) return sendCached(response, cache, `product:${slug}`, () => catalogue.find(slug));
  return sendJson(response, 404, { error: 'There is nothing at this address.' });
}

async function sendCached(response, cache, key, load) {
  const kept = await cache.get(key);
  response.setHeader('x-cache', kept === undefined ? 'miss' : 'hit');
  const value = kept ?? (await load());
  if (value === undefined) return sendJson(response, 404, { error: 'There is no such product.' });
  if (kept === undefined) await cache.put(key, value);
  return sendJson(response, 200, value);
}

function sendPicture(response, product) {
  if (!product) return sendJson(response, 404, { error: 'There is no such product.' });
  response.writeHead(200, { 'content-type': 'image/svg+xml', 'cache-control': 'public, max-age=3600' });
  response.end(drawPicture(product));
}

async function sendHealth(response, { catalogue, cache }) {
  const nodes = await cache.check();
  const database = await catalogue.check().then(() => 'up', (error) => error.message);
  const healthy = database === 'up' && Object.values(nodes).includes('up');
  sendJson(response, healthy ? 200 : 503, { status: healthy ? 'ok' : 'failing', database, cache: nodes });
}

function sendJson(response, status, value) {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' });
  response.end(JSON.stringify(value));
}
