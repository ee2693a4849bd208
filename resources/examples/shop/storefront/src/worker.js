import { rm, writeFile } from 'node:fs/promises';
import { openBroker } from './broker.js';
import { openDatabase } from './database.js';
import { log } from './log.js';
import { createOrders } from './orders.js';

// The container's health check looks for this file: it is there while orders are taken.
const CONSUMING = '/tmp/consuming';
await rm(CONSUMING, { force: true });

const orders = createOrders(openDatabase(process.env.DATABASE_URL));
const broker = await openBroker(process.env.BROKER_URL);

for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, async () => {
    log('info', 'worker stops', { signal });
    await rm(CONSUMING, { force: true });
    await broker.close();
    process.exit(0);
  });
}

await broker.consume(
  async (order) => {
    try {
      const isNew = await orders.book(order);
      log('info', isNew ? 'order booked' : 'order was booked before', { id: order.id, product: order.product, quantity: order.quantity });
    } catch (error) {
      log('error', 'order not booked, it comes again', { id: order.id, reason: error.message });
      throw error;
    }
  },
  () => {
    log('info', 'worker takes orders');
    void writeFile(CONSUMING, '');
  },
);
