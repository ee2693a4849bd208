import { openCache } from './cache.js';
import { createCatalogue } from './catalogue.js';
import { openDatabase } from './database.js';
import { log } from './log.js';
import { createCatalogueServer } from './server.js';

const { DATABASE_URL, CACHE_NODES, PORT = '14010' } = process.env;
const database = openDatabase(DATABASE_URL);
const cache = await openCache(CACHE_NODES.split(','));
const server = createCatalogueServer({ catalogue: createCatalogue(database), cache });
server.listen(Number(PORT), () => log('info', 'catalogue listens', { port: Number(PORT) }));

for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, () => {
    log('info', 'catalogue stops', { signal });
    server.close(() => process.exit(0));
    server.closeIdleConnections();
    setTimeout(() => process.exit(0), 3_000).unref();
  });
}
