import type { Address, Catalogue, DatabaseReader, ReadColumn, Rows, Table } from '#ports/database.ts';
import { BacklotError } from '#contract/errors.ts';
import { connect, redisFailure } from './connect.ts';
import { keyRows } from './key-rows.ts';
import type { IsName } from './key-patterns.ts';
import type { KeyTable } from './key-table.ts';
import { lineOf } from './row-lines.ts';
import { keyTables, scanKeys, textOf, type KnownKeys, type ScannedKeys } from './scan-keys.ts';
import type { RespClient } from './resp.ts';

const PIECE = 1 << 16;

/** Opens one of a server's databases. Nobody else writes into the servers that are read: what live ones have is fetched first. */
export async function openReader(address: Address, database: string, signal: AbortSignal, isName?: IsName): Promise<DatabaseReader> {
  const client = await connect(address, database, 'source-failed', signal);
  try {
    const version = await readVersion(client);
    const scanned = await scanKeys(client);
    return new RedisReader({ client, version, scanned, database, isName });
  } catch (error) {
    client.stream.destroy();
    throw redisFailure(error, 'read which keys there are', 'source-failed', signal);
  }
}

export async function readVersion(client: RespClient): Promise<string> {
  return /redis_version:([\d.]+)/.exec(textOf(await client.ask('INFO', 'server')))?.[1] ?? '';
}

type Opened = { readonly client: RespClient; readonly version: string; readonly scanned: ScannedKeys; readonly database: string; readonly isName: IsName | undefined };

class RedisReader implements DatabaseReader {
  readonly version: string;
  private readonly opened: Opened;
  private known: Promise<KnownKeys> | undefined;

  constructor(opened: Opened) {
    this.version = opened.version;
    this.opened = opened;
  }

  async catalogue(signal: AbortSignal): Promise<Catalogue> {
    const { tables } = await this.keys().catch((error: unknown) => this.fail(error, 'read which keys there are', signal));
    return { database: this.opened.database, tables };
  }

  async *read(table: Table, columns: readonly (string | ReadColumn)[], _where: string | undefined, signal: AbortSignal): Rows {
    const names = columns.map((column) => (typeof column === 'string' ? column : column.name));
    if (columns.some((column) => typeof column === 'object' && column.expression !== undefined)) throw new BacklotError('config-invalid', `The rule sql cannot serve ${table.name}: Redis has no SQL`);
    let text = '';
    try {
      const { keysOf } = await this.keys();
      for await (const row of keyRows(this.opened.client, table as KeyTable, keysOf(table as KeyTable))) {
        text += lineOf(row, names);
        if (text.length < PIECE) continue;
        yield Buffer.from(text, 'latin1');
        text = '';
      }
    } catch (error) {
      this.fail(error, `read ${table.name}`, signal);
    }
    if (text !== '') yield Buffer.from(text, 'latin1');
  }

  async count(table: Table): Promise<number> {
    return table.estimatedRows;
  }

  async structure(): Promise<{ readonly before: string; readonly after: string }> {
    return { before: '', after: '' };
  }

  async close(): Promise<void> {
    this.opened.client.stream.destroy();
  }

  private keys(): Promise<KnownKeys> {
    const { client, database, scanned, isName } = this.opened;
    this.known ??= keyTables(client, database, scanned, isName);
    return this.known;
  }

  private fail(error: unknown, doing: string, signal: AbortSignal): never {
    throw redisFailure(error, doing, 'source-failed', signal);
  }
}
