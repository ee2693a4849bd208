import { createHash } from 'node:crypto';
import { rowsOf } from '#adapters/redis/row-lines.ts';
import type { Address, DatabaseWriter, Rows, Table } from '#ports/database.ts';
import type { ArchivedCollection } from './archive-format.ts';
import { DocumentRows } from './document-rows.ts';
import { collectionsIn } from './metadata.ts';
import { readArchive } from './read-archive.ts';
import { REST, severalOf } from './reader.ts';
import { isOfPeople } from './scan-archive.ts';
import { dumpedBy, restoreInto } from './tools.ts';
import { writeArchive } from './write-archive.ts';

/** Documents that are handed on at once. */
const BATCH = 500;
const TOOL = { toolVersion: '100.0.0' };

/** Fills a database of a server of ours through the server's own mongorestore. */
export class ArchiveWriter implements DatabaseWriter {
  readonly version: string;
  private readonly address: Address;
  private readonly database: string;
  /** Collections of the structure that nothing was written to yet. */
  private readonly waiting = new Map<string, ArchivedCollection>();

  constructor(opened: { readonly address: Address; readonly database: string; readonly version: string }) {
    this.version = opened.version;
    this.address = opened.address;
    this.database = opened.database;
  }

  /** A collection is made when its rows come; what has none, and views, at the end. */
  async execute(structure: string, signal: AbortSignal): Promise<void> {
    const own = collectionsIn(structure, this.database);
    if (!structure.startsWith(REST)) return own.forEach((one) => this.waiting.set(one.collection, one));
    const rest = [...this.waiting.values(), ...own];
    if (rest.length > 0) await restoreInto(this.address, writeArchive({ serverVersion: this.version, ...TOOL }, rest), signal);
    this.waiting.clear();
  }

  async write(table: Table, columns: readonly string[], rows: Rows, signal: AbortSignal): Promise<number> {
    const known = this.waiting.get(table.name) ?? { database: this.database, collection: table.name, metadata: '', type: '' };
    this.waiting.delete(table.name);
    const counted = { count: 0 };
    const restored = await restoreInto(this.address, writeArchive({ serverVersion: this.version, ...TOOL }, [{ ...known, documents: documentsOf({ table, columns, rows }, counted) }]), signal);
    // What mongorestore says of itself counts; a row that it never got is seen by that.
    return Math.min(restored, counted.count);
  }

  /** Unique indexes are built with the documents, and refuse there. */
  async checkConstraints(): Promise<string[]> {
    return [];
  }

  async checksums(signal: AbortSignal): Promise<Record<string, { rows: number; checksum: string }>> {
    const sums = new Map<string, { rows: number; sum: bigint }>();
    const source = dumpedBy(this.address);
    for await (const part of readArchive(source.read({ database: this.database }, signal), source)) {
      if (part.kind === 'prelude') part.prelude.collections.filter(({ type, collection }) => type !== 'view' && isOfPeople(this.database, collection)).forEach(({ collection }) => sums.set(collection, { rows: 0, sum: 0n }));
      else for (const document of part.documents) add(sums, part.collection, document);
    }
    return Object.fromEntries([...sums].map(([name, { rows, sum }]) => [name, { rows, checksum: String(sum) }]));
  }

  async close(): Promise<void> {}
}

function add(sums: Map<string, { rows: number; sum: bigint }>, collection: string, document: Uint8Array): void {
  const own = sums.get(collection);
  if (!own) return;
  own.rows += 1;
  own.sum += createHash('sha256').update(document).digest().readBigUInt64LE();
}

/** The documents of masked rows. */
async function* documentsOf({ table, columns, rows }: { readonly table: Table; readonly columns: readonly string[]; readonly rows: Rows }, counted: { count: number }): AsyncGenerator<Buffer[]> {
  const built = new DocumentRows(table.name, severalOf(table));
  let batch: Buffer[] = [];
  for await (const row of rowsOf(rows, columns)) {
    batch.push(built.documentOf(row));
    counted.count += 1;
    if (batch.length < BATCH) continue;
    yield batch;
    batch = [];
  }
  yield batch;
}
