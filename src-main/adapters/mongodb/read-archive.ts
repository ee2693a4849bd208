import { deserialize } from 'bson';
import { BacklotError } from '#contract/errors.ts';
import { DOCUMENT_LIMIT, MAGIC, type ArchivedCollection, type DocumentsOf, type Prelude } from './archive-format.ts';
import { Crc64 } from './crc64.ts';
import { PieceReader } from './piece-reader.ts';

const TERMINATOR = 0xffffffff;
const LEAST_DOCUMENT = 5;
/** Bytes of documents that are handed on at once. */
const BATCH = 1 << 20;
/** Time series lie in a collection of the server's own, beside the one that people know. */
const BUCKETS = 'system.buckets.';

export type ArchivePart = { readonly kind: 'prelude'; readonly prelude: Prelude } | ({ readonly kind: 'documents' } & DocumentsOf);

export type ArchiveReading = {
  /** As people know the archive. */
  readonly name: string;
  /** Which collections are handed on; all where nothing is said. */
  readonly wants?: (database: string, collection: string) => boolean;
};

/**
 * Reads an archive of mongodump, unpacked, in pieces that end anywhere. One document at a time is held, and a batch of them. An archive
 * that is cut off, whose checksums do not match or that is none ends in `source-failed`, however much of it was handed on before.
 */
export async function* readArchive(pieces: AsyncIterable<Uint8Array>, reading: ArchiveReading): AsyncGenerator<ArchivePart> {
  const input = new PieceReader(pieces);
  try {
    yield* readParts(input, reading);
  } finally {
    await input.close();
  }
}

async function* readParts(input: PieceReader, { name, wants = () => true }: ArchiveReading): AsyncGenerator<ArchivePart> {
  if (!(await input.has(MAGIC.length)) || !input.take(MAGIC.length).equals(MAGIC)) throw foreign(name);
  const prelude = await readPrelude(input, name);
  yield { kind: 'prelude', prelude };
  const sums = new Map<string, Crc64>();
  const closed = new Set<string>();
  while (await input.has(1)) {
    const { database, collection, ended, sum } = headerOf(await nextDocument(input, name), name);
    const namespace = `${database}.${collection}`;
    if (closed.has(namespace)) throw corrupt(name, `${namespace} goes on after its end`);
    const own = sums.get(namespace) ?? new Crc64();
    sums.set(namespace, own);
    if (ended) {
      if (own.value !== sum) throw corrupt(name, `the checksum of ${namespace} does not match`);
      if ((await nextDocument(input, name)) !== undefined) throw corrupt(name, `${namespace} goes on after its end`);
      closed.add(namespace);
      sums.delete(namespace);
      continue;
    }
    for await (const documents of batchesOf(input, { name, sum: own })) if (wants(database, collection)) yield { kind: 'documents', database, collection, documents };
  }
  refuseUnended(prelude, { closed, open: [...sums.keys()], name });
}

async function* batchesOf(input: PieceReader, { name, sum }: { readonly name: string; readonly sum: Crc64 }): AsyncGenerator<Buffer[]> {
  let batch: Buffer[] = [];
  let bytes = 0;
  for (let next = await nextDocument(input, name); next; next = await nextDocument(input, name)) {
    sum.update(next);
    batch.push(next);
    bytes += next.length;
    if (bytes < BATCH) continue;
    yield batch;
    [batch, bytes] = [[], 0];
  }
  if (batch.length > 0) yield batch;
}

/** The next document, or nothing where a terminator stands in its place. */
async function nextDocument(input: PieceReader, name: string): Promise<Buffer | undefined> {
  if (!input.holds(4) && !(await input.has(4))) throw cutOff(name);
  const size = input.peekUint32();
  if (size === TERMINATOR) {
    input.take(4);
    return undefined;
  }
  if (size < LEAST_DOCUMENT || size > DOCUMENT_LIMIT) throw corrupt(name, 'where a document should be is none');
  if (!input.holds(size) && !(await input.has(size))) throw cutOff(name);
  const document = input.take(size);
  if (document[size - 1] !== 0) throw corrupt(name, 'a document does not end where it should');
  return document;
}

async function readPrelude(input: PieceReader, name: string): Promise<Prelude> {
  const header = fieldsOf(await nextDocument(input, name), name);
  const collections: ArchivedCollection[] = [];
  for (let next = await nextDocument(input, name); next; next = await nextDocument(input, name)) {
    const { db, collection, metadata, type } = fieldsOf(next, name);
    collections.push({ database: textOf(db), collection: textOf(collection), metadata: textOf(metadata), type: textOf(type) });
  }
  return { serverVersion: textOf(header['server_version']), toolVersion: textOf(header['tool_version']), collections };
}

function headerOf(document: Buffer | undefined, name: string): { readonly database: string; readonly collection: string; readonly ended: boolean; readonly sum: bigint } {
  const { db, collection, EOF, CRC } = fieldsOf(document, name);
  if (typeof collection !== 'string' || collection === '') throw corrupt(name, 'a part of it belongs to no collection');
  return { database: textOf(db), collection, ended: EOF === true, sum: typeof CRC === 'bigint' ? BigInt.asUintN(64, CRC) : 0n };
}

function fieldsOf(document: Buffer | undefined, name: string): Readonly<Record<string, unknown>> {
  if (document === undefined) throw corrupt(name, 'a part of it has no beginning');
  try {
    return deserialize(document, { useBigInt64: true });
  } catch (error) {
    throw corrupt(name, 'what describes a part of it cannot be read', error);
  }
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** Only where each collection has its end is the archive whole. */
function refuseUnended({ collections }: Prelude, { closed, open, name }: { readonly closed: ReadonlySet<string>; readonly open: readonly string[]; readonly name: string }): void {
  const unended = collections.filter(({ database, collection }) => ![collection, `${BUCKETS}${collection}`].some((own) => closed.has(`${database}.${own}`)));
  if (open.length > 0 || unended.length > 0) throw cutOff(name);
}

function foreign(name: string): BacklotError {
  return new BacklotError('source-failed', `${name} is no archive of mongodump`, { fix: 'Make it with mongodump --archive=FILE, with or without --gzip.' });
}

function cutOff(name: string): BacklotError {
  return new BacklotError('source-failed', `The archive ${name} is cut off: its end is missing`, { fix: 'Make it again, and see that mongodump ends with exit code 0.' });
}

function corrupt(name: string, why: string, cause?: unknown): BacklotError {
  return new BacklotError('source-failed', `The archive ${name} is corrupt: ${why}`, { fix: 'Make it again, and compare its checksum where it was copied.', ...(cause !== undefined && { cause }) });
}
