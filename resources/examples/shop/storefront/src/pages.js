/** Text that stands for itself in HTML. */
export function escape(text) {
  return String(text).replace(/[&<>"']/g, (letter) => `&#${letter.charCodeAt(0)};`);
}

/** Markup whose values are escaped, unless they are markup themselves. */
export function html(strings, ...values) {
  const markup = strings.reduce((text, part, index) => text + render(values[index - 1]) + part);
  return { markup, toString: () => markup };
}

function render(value) {
  if (value === undefined || value === null || value === false) return '';
  if (Array.isArray(value)) return value.map(render).join('');
  return value.markup ?? escape(value);
}

export function price(cents) {
  return new Intl.NumberFormat('en-IE', { style: 'currency', currency: 'EUR' }).format(cents / 100);
}

function page(title, body, { search = '', head } = {}) {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} · Hearth &amp; Field</title>
<link rel="stylesheet" href="/assets/shop.css">
<link rel="icon" href="/assets/icon.svg">
${head}
</head>
<body>
<header class="top">
  <a class="brand" href="/"><img src="/assets/icon.svg" alt="" width="34" height="34"><span>Hearth <i>&amp;</i> Field</span></a>
  <form class="search" action="/" role="search"><input type="search" name="search" value="${search}" placeholder="Search lamps, bowls, olive trees…" aria-label="Search"><button>Search</button></form>
  <nav><a href="/orders">Orders</a></nav>
</header>
<main>${body}</main>
<footer><span>Hearth &amp; Field · things that stay</span><span>A shop that exists for testing only</span></footer>
</body>
</html>`.markup;
}

const link = (parameters) => `/?${new URLSearchParams(Object.entries(parameters).filter(([, value]) => value))}`;

function card(product) {
  return html`<a class="card" href="/products/${product.slug}">
  <img src="/pictures/${product.slug}.svg" alt="" width="400" height="360" loading="lazy">
  <span class="words"><span class="maker">${product.maker}</span><strong>${product.name}</strong><span class="price">${price(product.priceCents)}</span></span>
</a>`;
}

export function listPage({ list, categories, search, category }) {
  const heading = search ? html`Results for “${search}”` : (category ?? 'Everything for a house that is lived in');
  const chips = [html`<a class="chip" ${category ? '' : html`aria-current="true"`} href="${link({ search })}">All</a>`].concat(
    categories.map(({ name, products }) => html`<a class="chip" ${name === category ? html`aria-current="true"` : ''} href="${link({ search, category: name })}">${name} <small>${products}</small></a>`),
  );
  const pages = Array.from({ length: list.pages }, (_, index) => index + 1);
  const body = html`
<section class="hero"><h1>${heading}</h1><p>${list.total} ${list.total === 1 ? 'piece' : 'pieces'}, made in small workshops and sent within two days.</p></section>
<nav class="chips" aria-label="Categories">${chips}</nav>
${list.products.length === 0 ? html`<p class="empty">Nothing matches. <a href="/">Look at everything</a> instead.</p>` : html`<section class="grid">${list.products.map(card)}</section>`}
${pages.length > 1 && html`<nav class="pages" aria-label="Pages">${pages.map((number) => html`<a ${number === list.page ? html`aria-current="page"` : ''} href="${link({ search, category, page: number })}">${number}</a>`)}</nav>`}`;
  return page(category ?? 'Shop', body, { search });
}

export function productPage({ product, problems = [], form = new URLSearchParams() }) {
  const body = html`
<p class="crumbs"><a href="/">Shop</a> / <a href="${link({ category: product.category })}">${product.category}</a></p>
<section class="product">
  <img src="/pictures/${product.slug}.svg" alt="" width="400" height="360">
  <div>
    <p class="maker">${product.maker}</p>
    <h1>${product.name}</h1>
    <p class="price">${price(product.priceCents)}</p>
    <p class="description">${product.description}</p>
    <form class="order" method="post" action="/products/${product.slug}/order">
      ${problems.length > 0 && html`<ul class="problems" role="alert">${problems.map((problem) => html`<li>${problem}</li>`)}</ul>`}
      <label>Pieces <input name="quantity" type="number" min="1" max="20" value="${form.get('quantity') ?? '1'}" required></label>
      <label>Your name <input name="customer" autocomplete="name" value="${form.get('customer') ?? ''}" required></label>
      <label>E-mail <input name="email" type="email" autocomplete="email" value="${form.get('email') ?? ''}" required></label>
      <button>Order now</button>
    </form>
  </div>
</section>`;
  return page(product.name, body);
}

export function orderPage({ id, order }) {
  const refresh = html`<meta http-equiv="refresh" content="1">`;
  const body = order
    ? html`<section class="receipt" data-state="booked"><span class="mark">✓</span><h1>Thank you, ${order.customer}.</h1>
<p>${order.quantity} × ${order.name} — <strong>${price(order.totalCents)}</strong></p><p class="quiet">Order ${id}</p><a class="button" href="/">Back to the shop</a></section>`
    : html`<section class="receipt" data-state="placed"><span class="mark wait">…</span><h1>Your order is on its way to us.</h1><p class="quiet">Order ${id}. This page looks again by itself.</p></section>`;
  return page('Your order', body, { head: order ? undefined : refresh });
}

export function ordersPage({ orders }) {
  const rows = orders.map((order) => html`<tr><td><a href="/orders/${order.id}">${order.id.slice(0, 8)}</a></td><td>${order.name}</td><td class="number">${order.quantity}</td><td class="number">${price(order.totalCents)}</td><td>${order.customer}</td><td>${new Date(order.placedAt).toISOString().slice(0, 16).replace('T', ' ')}</td></tr>`);
  const body = html`<section class="hero"><h1>Orders</h1><p>The latest that were booked.</p></section>
${orders.length === 0 ? html`<p class="empty">No order yet. <a href="/">Be the first</a>.</p>` : html`<table><thead><tr><th>Order</th><th>Product</th><th class="number">Pieces</th><th class="number">Total</th><th>Customer</th><th>Placed (UTC)</th></tr></thead><tbody>${rows}</tbody></table>`}`;
  return page('Orders', body);
}

export function messagePage(title, text) {
  return page(title, html`<section class="receipt"><h1>${title}</h1><p>${text}</p><a class="button" href="/">Back to the shop</a></section>`);
}
