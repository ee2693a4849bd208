import { BacklotError } from '#contract/errors.ts';
import { lineOf } from '#adapters/redis/row-lines.ts';
import type { Catalogue, DatabaseReader, ReadColumn, Rows, Table } from '#ports/database.ts';
import type { Prelude } from './archive-format.ts';
import { DocumentRows } from './document-rows.ts';
import { definitionOf } from './metadata.ts';
import { readArchive } from './read-archive.ts';
import { isOfPeople, readPreludeOf, scanArchive, type ArchiveSource } from './scan-archive.ts';

const PIECE = 1 << 16;
/** Stands in a structure before what is made without rows. */
export const REST = '-- what has no rows\n';

type Opened = { readonly source: ArchiveSource; readonly database: string; readonly version: string; /** What it holds, where that is known already. */ readonly known?: { readonly prelude: Prelude; readonly tables: readonly Table[] } };

/** One database, out of an archive that lies there or that a server's own program makes. */
export class ArchiveReader implements DatabaseReader {
  readonly version: string;
  private readonly opened: Opened;

  constructor(opened: Opened) {
    this.version = opened.version;
    this.opened = opened;
  }

  async catalogue(signal: AbortSignal): Promise<Catalogue> {
    const { database, source, known } = this.opened;
    return { database, tables: known?.tables ?? (await scanArchive(source, signal)).databases.get(database) ?? [] };
  }

  async *read(table: Table, columns: readonly (string | ReadColumn)[], _where: string | undefined, signal: AbortSignal): Rows {
    if (columns.some((column) => typeof column === 'object' && column.expression !== undefined)) throw new BacklotError('config-invalid', `The rule sql cannot serve ${table.name}: MongoDB has no SQL`);
    const names = columns.map((column) => (typeof column === 'string' ? column : column.name));
    const { database, source } = this.opened;
    const rows = new DocumentRows(table.name, severalOf(table));
    const wants = (otherDatabase: string, collection: string) => otherDatabase === database && collection === table.name;
    let text = '';
    for await (const part of readArchive(source.read({ database, collection: table.name }, signal), { name: source.name, wants })) {
      signal.throwIfAborted();
      if (part.kind === 'prelude') continue;
      for (const document of part.documents) {
        text += lineOf(rows.rowOf(document), names);
        if (text.length < PIECE) continue;
        yield Buffer.from(text, 'latin1');
        text = '';
      }
    }
    if (text !== '') yield Buffer.from(text, 'latin1');
  }

  async count(table: Table): Promise<number> {
    return table.estimatedRows;
  }

  async structure(signal: AbortSignal): Promise<{ readonly before: string; readonly after: string }> {
    const { database, source, known } = this.opened;
    const { collections } = known?.prelude ?? (await readPreludeOf(source, database, signal));
    const own = collections.filter((one) => one.database === database && isOfPeople(one.database, one.collection));
    const lines = (views: boolean) => own.filter(({ type }) => (type === 'view') === views).map(definitionOf).sort().join('');
    return { before: lines(false), after: `${REST}${lines(true)}` };
  }

  async close(): Promise<void> {}
}

/** Which paths of a table may have several values. */
export function severalOf({ columns }: Table): ReadonlyMap<string, boolean> {
  return new Map(columns.map(({ name, base }) => [name, base === 'array']));
}

/** What a dump holds, read from itself: no server has to restore it first. */
export async function openArchive(dump: { readonly name: string; readonly read: () => AsyncIterable<Uint8Array> }, signal: AbortSignal): Promise<{ readonly version: string; readonly hasChanges: boolean; readonly databases: readonly string[]; readonly reader: (database: string) => DatabaseReader }> {
  const source: ArchiveSource = { name: dump.name, read: () => dump.read() };
  const { prelude, databases, hasChanges } = await scanArchive(source, signal);
  const version = prelude.serverVersion;
  return { version, hasChanges, databases: [...databases.keys()], reader: (database) => new ArchiveReader({ source, database, version, known: { prelude, tables: databases.get(database) ?? [] } }) };
}
