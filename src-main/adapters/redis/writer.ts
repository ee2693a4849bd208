import { createHash } from 'node:crypto';
import type { Address, DatabaseWriter, Rows, Table } from '#ports/database.ts';
import { connect, redisFailure } from './connect.ts';
import { keyOf } from './key-patterns.ts';
import { keyRows, type KeyRow } from './key-rows.ts';
import { makeEmpty, makeGroups } from './groups.ts';
import { EXPIRES, GROUPS, type KeyTable } from './key-table.ts';
import { readVersion } from './reader.ts';
import type { Argument, RespClient } from './resp.ts';
import { lineOf, rowsOf } from './row-lines.ts';
import { BATCH, bytesOf, keyTables, scanKeys } from './scan-keys.ts';

/** Keys that end sooner than this would be gone before they are proved, and before anybody loads them. */
const LEAST_LIFE = 10 * 60_000;

/** Opens one of a server's databases to fill it. */
export async function openWriter(address: Address, database: string, signal: AbortSignal): Promise<DatabaseWriter> {
  const client = await connect(address, database, 'database-failed', signal);
  try {
    return new RedisWriter({ address, database, client, version: await readVersion(client) });
  } catch (error) {
    client.stream.destroy();
    throw redisFailure(error, `open the database ${database}`, 'database-failed', signal);
  }
}

type Opened = { readonly address: Address; readonly database: string; readonly client: RespClient; readonly version: string };

class RedisWriter implements DatabaseWriter {
  readonly version: string;
  private readonly opened: Opened;
  private keys = 0;

  constructor(opened: Opened) {
    this.version = opened.version;
    this.opened = opened;
  }

  async execute(): Promise<void> {}

  async write(table: Table, columns: readonly string[], rows: Rows, signal: AbortSignal): Promise<number> {
    const { address, database } = this.opened;
    const client = await connect(address, database, 'database-failed', signal);
    try {
      return await this.fill(client, table as KeyTable, rowsOf(rows, columns));
    } catch (error) {
      throw redisFailure(error, `write ${table.name}`, 'database-failed', signal);
    } finally {
      client.stream.destroy();
    }
  }

  /** Two keys that became one would show in how many there are. */
  async checkConstraints(signal: AbortSignal): Promise<string[]> {
    const size = Number(await this.opened.client.ask('DBSIZE').catch((error: unknown) => Promise.reject(redisFailure(error, 'count the keys', 'database-failed', signal))));
    return size === this.keys ? [] : [`${this.keys} keys of the source have become ${size}: the rule of some key makes two alike`];
  }

  async checksums(signal: AbortSignal): Promise<Record<string, { rows: number; checksum: string }>> {
    const { client, database } = this.opened;
    try {
      const { tables, keysOf } = await keyTables(client, database, await scanKeys(client));
      const sums: Record<string, { rows: number; checksum: string }> = {};
      for (const table of tables) {
        const columns = table.columns.map(({ name }) => name);
        let [rows, sum] = [0, 0n];
        for await (const row of keyRows(client, table, keysOf(table))) {
          rows += 1;
          sum += createHash('sha256').update(lineOf(row, columns), 'latin1').digest().readBigUInt64LE();
        }
        sums[table.name] = { rows, checksum: String(sum) };
      }
      return sums;
    } catch (error) {
      throw redisFailure(error, 'sum up the keys', 'database-failed', signal);
    }
  }

  async close(): Promise<void> {
    this.opened.client.stream.destroy();
  }

  private async fill(client: RespClient, table: KeyTable, rows: AsyncIterable<KeyRow>): Promise<number> {
    let commands: Argument[][] = [];
    let [count, last, ends, groups] = [0, '', '', ''];
    const endOf = (): Argument[][] => (last === '' ? [] : [...(groups === '' ? [] : makeGroups(last, groups)), ...(ends === '' ? [] : [['PEXPIREAT', bytesOf(last), ends]])]);
    for await (const row of rows) {
      count += 1;
      const expires = row[EXPIRES] ?? '';
      if (expires !== '' && Number(expires) < Date.now() + LEAST_LIFE) continue;
      const key = keyOf(table.keyPattern, table.columns.flatMap(({ name }) => (/^key\d*$/.test(name) ? [row[name] ?? ''] : [])));
      const made = commandsOf(table, key, row);
      if (made.length === 0) continue;
      if (key !== last) {
        commands.push(...endOf());
        this.keys += 1;
        [last, ends, groups] = [key, expires, row[GROUPS] ?? ''];
      }
      commands.push(...made);
      if (commands.length < BATCH) continue;
      await client.askAll(commands);
      commands = [];
    }
    await client.askAll([...commands, ...endOf()]);
    return count;
  }
}

/** What puts a row into the server; nothing where the rules left nothing of it. */
function commandsOf(table: KeyTable, name: string, row: KeyRow): Argument[][] {
  const key = bytesOf(name);
  const value = bytesOf(row['value'] ?? '');
  const pairs = table.fields ? [...table.fields].flatMap(([column, field]) => (typeof row[column] === 'string' ? [bytesOf(field), bytesOf(row[column])] : [])) : [bytesOf(row['field'] ?? ''), value];
  switch (table.kind) {
    case 'string':
      return [['SET', key, value]];
    case 'hash':
      return pairs.length === 0 ? [] : [['HSET', key, ...pairs]];
    case 'list':
      return [['RPUSH', key, value]];
    case 'set':
      return [['SADD', key, value]];
    case 'zset':
      return [['ZADD', key, row['score'] ?? '0', value]];
    case 'stream':
      if (typeof row['id'] !== 'string') return makeEmpty(name);
      return pairs.length === 0 ? [] : [['XADD', key, row['id'], ...pairs]];
    default:
      return table.kind satisfies never;
  }
}
