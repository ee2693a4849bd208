import { setTimeout as pause } from 'node:timers/promises';
import type { Address, DatabaseServers } from '#ports/database.ts';
import { connect, redisFailure } from './connect.ts';
import type { IsName } from './key-patterns.ts';
import { openReader } from './reader.ts';
import { textOf } from './scan-keys.ts';
import { openWriter } from './writer.ts';

/** Servers of Redis: each database by its number, keys of one pattern as a table. */
export function createRedisServers({ names }: { /** Tells how people are called. */ readonly names?: () => Promise<IsName> } = {}): DatabaseServers {
  const openReading: DatabaseServers['openReader'] = async (address, database, signal) => openReader(address, database, signal, await names?.());
  return { openReader: openReading, openWriter, listDatabases, createDatabase: async () => {}, settle: async () => {}, finish };
}

async function listDatabases(address: Address, signal: AbortSignal): Promise<string[]> {
  const client = await connect(address, undefined, 'source-failed', signal);
  try {
    return [...textOf(await client.ask('INFO', 'keyspace')).matchAll(/^db(\d+):/gm)].map(([, number = '']) => number);
  } catch (error) {
    throw redisFailure(error, 'ask which databases there are', 'source-failed', signal);
  } finally {
    client.stream.destroy();
  }
}

/** Everything is put into files, in both ways that a server may be set to read them in. */
async function finish(address: Address, _password: string, signal: AbortSignal): Promise<void> {
  const client = await connect(address, undefined, 'database-failed', signal);
  try {
    await client.ask('SAVE');
    await client.ask('CONFIG', 'SET', 'appendonly', 'yes');
    while (/aof_rewrite_(in_progress|scheduled):1/.test(textOf(await client.ask('INFO', 'persistence')))) await pause(20, undefined, { signal });
  } catch (error) {
    throw redisFailure(error, 'write the data to the disk', 'database-failed', signal);
  } finally {
    client.stream.destroy();
  }
}
