import { randomUUID } from 'node:crypto';

/** Makes an order of a form and the product that it names, or says what is wrong with the form. */
export function readOrder(form, product, { id = randomUUID(), now = new Date() } = {}) {
  const text = (name) => form.get(name)?.trim().slice(0, 200) ?? '';
  const quantity = Number(text('quantity'));
  const problems = [];
  if (!Number.isInteger(quantity) || quantity < 1 || quantity > 20) problems.push('Choose between 1 and 20 pieces.');
  if (text('customer') === '') problems.push('Tell us your name.');
  if (!/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(text('email'))) problems.push('The e-mail address does not look right.');
  if (problems.length > 0) return { problems };
  const order = {
    id,
    product: product.slug,
    name: product.name,
    quantity,
    totalCents: quantity * product.priceCents,
    customer: text('customer'),
    email: text('email'),
    placedAt: now.toISOString(),
  };
  return { problems, order };
}

const COLUMNS = 'id, product, name, quantity, total_cents AS "totalCents", customer, placed_at AS "placedAt", booked_at AS "bookedAt"';

/** The booked orders. */
export function createOrders(database) {
  return {
    /** Books an order once, however often it is delivered. Says whether it was new. */
    async book(order) {
      const { rowCount } = await database.query(
        `INSERT INTO orders (id, product, name, quantity, total_cents, customer, email, placed_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (id) DO NOTHING`,
        [order.id, order.product, order.name, order.quantity, order.totalCents, order.customer, order.email, order.placedAt],
      );
      return rowCount === 1;
    },
    async find(id) {
      const { rows } = await database.query(`SELECT ${COLUMNS} FROM orders WHERE id = $1`, [id]);
      return rows[0];
    },
    async recent(count = 20) {
      const { rows } = await database.query(`SELECT ${COLUMNS} FROM orders ORDER BY placed_at DESC LIMIT $1`, [count]);
      return rows;
    },
    async check() {
      await database.query('SELECT 1');
    },
  };
}
