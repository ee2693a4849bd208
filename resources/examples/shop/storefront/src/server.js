import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { Readable } from 'node:stream';
import { log } from './log.js';
import { readOrder } from './orders.js';
import { listPage, messagePage, orderPage, ordersPage, productPage } from './pages.js';

const ASSETS = { 'shop.css': 'text/css; charset=utf-8', 'icon.svg': 'image/svg+xml' };
const FORM_LIMIT = 16 * 1024;

/** The shop's pages over HTTP. */
export function createStorefrontServer(parts) {
  return createServer(async (request, response) => {
    const started = performance.now();
    const url = new URL(request.url, 'http://storefront');
    try {
      await answer(url, request, response, parts);
    } catch (error) {
      log('error', 'request failed', { path: url.pathname, reason: error.message });
      if (!response.headersSent) sendPage(response, 502, messagePage('We cannot show this right now', 'Something behind the shop does not answer. Please try again in a moment.'));
      else response.destroy();
    }
    if (url.pathname !== '/health' && !url.pathname.startsWith('/assets/') && !url.pathname.startsWith('/pictures/')) {
      log('info', 'request', { method: request.method, path: `${url.pathname}${url.search}`, status: response.statusCode, ms: Math.round((performance.now() - started) * 10) / 10 });
    }
  });
}

async function answer(url, request, response, parts) {
  const [, first, second, third] = url.pathname.split('/');
  if (url.pathname === '/health') return sendHealth(response, parts);
  if (first === 'assets') return sendAsset(response, second);
  if (first === 'pictures') return sendPicture(response, second?.replace(/\.svg$/, ''), parts);
  if (url.pathname === '/') return sendList(response, url.searchParams, parts);
  if (first === 'products' && second) {
    const product = await parts.catalogue.find(second);
    if (!product) return sendMissing(response);
    if (third === undefined) return sendPage(response, 200, productPage({ product }));
    if (third === 'order' && request.method === 'POST') return placeOrder(request, response, product, parts);
  }
  if (first === 'orders' && second === undefined) return sendPage(response, 200, ordersPage({ orders: await parts.orders.recent() }));
  if (first === 'orders' && /^[0-9a-f-]{36}$/.test(second)) return sendPage(response, 200, orderPage({ id: second, order: await parts.orders.find(second) }));
  return sendMissing(response);
}

async function sendList(response, parameters, { catalogue }) {
  const search = parameters.get('search') ?? '';
  const category = parameters.get('category') || undefined;
  const page = parameters.get('page') ?? '1';
  const [list, { categories }] = await Promise.all([catalogue.list({ search, category: category ?? '', page, size: '12' }), catalogue.categories()]);
  sendPage(response, 200, listPage({ list, categories, search, category }));
}

async function placeOrder(request, response, product, { broker }) {
  const form = await readForm(request);
  const { order, problems } = readOrder(form, product);
  if (!order) return sendPage(response, 422, productPage({ product, problems, form }));
  await broker.place(order);
  log('info', 'order placed', { id: order.id, product: order.product, quantity: order.quantity });
  response.writeHead(303, { location: `/orders/${order.id}` }).end();
}

async function readForm(request) {
  let text = '';
  for await (const chunk of request.setEncoding('utf8')) {
    text += chunk;
    if (text.length > FORM_LIMIT) throw new Error('the form is too long');
  }
  return new URLSearchParams(text);
}

async function sendPicture(response, slug, { catalogue }) {
  const picture = await catalogue.picture(slug ?? '');
  response.writeHead(picture.status, { 'content-type': picture.headers.get('content-type'), 'cache-control': 'public, max-age=3600' });
  Readable.fromWeb(picture.body).pipe(response);
}

async function sendAsset(response, name) {
  const type = Object.hasOwn(ASSETS, name) ? ASSETS[name] : undefined;
  if (!type) return sendMissing(response);
  response.writeHead(200, { 'content-type': type, 'cache-control': 'public, max-age=300' });
  response.end(await readFile(new URL(`../public/${name}`, import.meta.url)));
}

async function sendHealth(response, { catalogue, orders, broker }) {
  const state = (check) => check.then(() => 'up', (error) => error.message);
  const parts = { catalogue: await state(catalogue.check()), orders: await state(orders.check()), broker: await state(broker.check()) };
  const healthy = Object.values(parts).every((part) => part === 'up');
  response.writeHead(healthy ? 200 : 503, { 'content-type': 'application/json; charset=utf-8' });
  response.end(JSON.stringify({ status: healthy ? 'ok' : 'failing', ...parts }));
}

function sendMissing(response) {
  sendPage(response, 404, messagePage('There is nothing here', 'The address leads nowhere.'));
}

function sendPage(response, status, markup) {
  response.writeHead(status, {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': "default-src 'none'; img-src 'self'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
  });
  response.end(markup);
}
