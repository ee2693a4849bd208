import { pipeline } from 'node:stream/promises';
import { BacklotError } from '#contract/errors.ts';
import type { Address, DatabaseWriter, Rows, Table } from '#ports/database.ts';
import { readCatalogue } from './catalogue.ts';
import { connect } from './connect.ts';
import { databaseFailure } from './failures.ts';
import { isLargeObjects, LARGE_OBJECTS, rowsOf } from './large-objects.ts';
import { columnList, quoteTable } from './quote.ts';
import { Sessions } from './sessions.ts';

/** Indexes that were not finished, and constraints that hold for new rows only though nothing says that they should. */
const BROKEN = `
  select format('the index %s of %s is not valid', i.indexrelid::regclass, i.indrelid::regclass) as words
    from pg_index i where not i.indisvalid`;

/** Opens a database to fill it. */
export async function openWriter(address: Address, database: string, signal: AbortSignal): Promise<DatabaseWriter> {
  const sessions = new Sessions((until) => connect(address, database, 'database-failed', until));
  try {
    const { rows } = await sessions.use(signal, (client) => client.query<{ version: string }>("select current_setting('server_version') as version"));
    return new PostgresWriter(database, sessions, rows[0]?.version.split(' ')[0] ?? '');
  } catch (error) {
    throw databaseFailure(error, `open the database ${database}`, 'database-failed', signal);
  }
}

class PostgresWriter implements DatabaseWriter {
  readonly version: string;
  private readonly database: string;
  private readonly sessions: Sessions;

  constructor(database: string, sessions: Sessions, version: string) {
    this.version = version;
    this.database = database;
    this.sessions = sessions;
  }

  async execute(sql: string, signal: AbortSignal): Promise<void> {
    await this.doing('make the structure', signal, () =>
      this.sessions.use(signal, async (client) => {
        await client.query(sql);
        // Dumps set what they like.
        await client.query('set search_path = pg_catalog; set check_function_bodies = on');
      }),
    );
  }

  async write(table: Table, columns: readonly string[], rows: Rows, signal: AbortSignal): Promise<number> {
    const { from } = await import('pg-copy-streams');
    const isLarge = isLargeObjects(table);
    const isPlain = !isLarge && table.partitioned !== true;
    return this.doing(`write the table ${table.name}`, signal, () =>
      this.sessions.use(signal, async (client) => {
        await client.query('begin');
        // Rows of a table that this transaction emptied go into it frozen and, where nothing replicates, past the log.
        if (isPlain) await client.query(`truncate only ${quoteTable(table)}`);
        if (isLarge) await client.query(LARGE_OBJECTS.before);
        const into = isLarge ? LARGE_OBJECTS.copyTo : quoteTable(table);
        const target = client.query(from(`copy ${into}${columnList(columns)} from stdin${isPlain ? ' with (freeze)' : ''}`));
        await pipeline(rows, target);
        if (isLarge) await client.query(LARGE_OBJECTS.after);
        await client.query('commit');
        return target.rowCount;
      }),
    );
  }

  change(sql: string, signal: AbortSignal): Promise<number> {
    return this.doing('choose rows', signal, () => this.sessions.use(signal, async (client) => (await client.query(sql)).rowCount ?? 0));
  }

  async checkConstraints(signal: AbortSignal): Promise<string[]> {
    return this.doing('check the constraints', signal, () => this.sessions.use(signal, async (client) => (await client.query<{ words: string }>(BROKEN)).rows.map(({ words }) => words)));
  }

  async checksums(signal: AbortSignal): Promise<Record<string, { rows: number; checksum: string }>> {
    return this.doing('sum up the tables', signal, () =>
      this.sessions.use(signal, async (client) => {
        const { tables } = await readCatalogue(client, this.database);
        const sums: Record<string, { rows: number; checksum: string }> = {};
        for (const table of tables) {
          const { rows } = await client.query<{ rows: string; sum: string }>(`select count(*) as rows, coalesce(sum(hashtextextended(t::text, 0)), 0)::text as sum from (select * from ${rowsOf(table)}) t`);
          sums[table.name] = { rows: Number(rows[0]?.rows ?? 0), checksum: rows[0]?.sum ?? '0' };
        }
        return sums;
      }),
    );
  }

  close(): Promise<void> {
    return this.sessions.close();
  }

  private async doing<Result>(doing: string, signal: AbortSignal, work: () => Promise<Result>): Promise<Result> {
    try {
      return await work();
    } catch (error) {
      if (signal.aborted) throw new BacklotError('cancelled', 'cancelled');
      throw databaseFailure(error, doing, 'database-failed');
    }
  }
}
