import { createHash } from 'node:crypto';
import { createClient } from '@redis/client';
import { log } from './log.js';

/** The node that keeps a key: the same one for as long as the list of nodes is the same. */
export function nodeFor(key, count) {
  return createHash('sha1').update(key).digest().readUInt32BE(0) % count;
}

/** Keys spread over several Redis nodes. A node that is away costs speed, never an answer. */
export async function openCache(addresses, seconds = 30) {
  const nodes = addresses.map((address) => {
    const client = createClient({ url: `redis://${address}`, disableOfflineQueue: true, socket: { connectTimeout: 1_000, reconnectStrategy: (tries) => Math.min(tries * 100, 2_000) } });
    let told = false;
    client.on('error', (error) => {
      if (!told) log('warn', 'cache node is away', { node: address, reason: error.message || error.code });
      told = true;
    });
    client.on('ready', () => {
      told = false;
      log('info', 'cache node is there', { node: address });
    });
    void client.connect().catch(() => {});
    return client;
  });

  const chosen = (key) => nodes[nodeFor(key, nodes.length)];
  return {
    async get(key) {
      const client = chosen(key);
      const text = client.isReady ? await client.get(key).catch(() => null) : null;
      return text === null ? undefined : JSON.parse(text);
    },
    async put(key, value) {
      const client = chosen(key);
      if (client.isReady) await client.set(key, JSON.stringify(value), { expiration: { type: 'EX', value: seconds } }).catch(() => {});
    },
    async check() {
      const answers = await Promise.all(nodes.map((client) => (client.isReady ? client.ping().then(() => true, () => false) : false)));
      return Object.fromEntries(addresses.map((address, index) => [address, answers[index] ? 'up' : 'away']));
    },
    close() {
      for (const client of nodes) client.destroy();
    },
  };
}
