import { openBroker } from './broker.js';
import { createCatalogueClient } from './catalogue-client.js';
import { openDatabase } from './database.js';
import { log } from './log.js';
import { createOrders } from './orders.js';
import { createStorefrontServer } from './server.js';

const { CATALOGUE_URL, BROKER_URL, DATABASE_URL, PORT = '14020' } = process.env;
const parts = {
  catalogue: createCatalogueClient(CATALOGUE_URL),
  orders: createOrders(openDatabase(DATABASE_URL)),
  broker: await openBroker(BROKER_URL),
};
const server = createStorefrontServer(parts);
server.listen(Number(PORT), () => log('info', 'storefront listens', { port: Number(PORT) }));

for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, () => {
    log('info', 'storefront stops', { signal });
    server.close(() => process.exit(0));
    server.closeIdleConnections();
    setTimeout(() => process.exit(0), 3_000).unref();
  });
}
