import { Int32, serialize } from 'bson';
import { FORMAT_VERSION, MAGIC, TERMINATOR, type ArchivedCollection, type Prelude } from './archive-format.ts';
import { Crc64 } from './crc64.ts';

/** A collection with what it holds, in batches. */
export type CollectionToWrite = ArchivedCollection & { readonly documents?: AsyncIterable<readonly Uint8Array[]> };

/** An archive as mongorestore reads it: collections one after the other, each with its end and checksum. */
export async function* writeArchive({ serverVersion, toolVersion }: Omit<Prelude, 'collections'>, collections: readonly CollectionToWrite[]): AsyncGenerator<Uint8Array> {
  yield Buffer.concat([
    MAGIC,
    serialize({ concurrent_collections: new Int32(1), version: FORMAT_VERSION, server_version: serverVersion, tool_version: toolVersion }),
    ...collections.map(({ database, collection, metadata, type }) => serialize({ db: database, collection, metadata, size: new Int32(0), type })),
    TERMINATOR,
  ]);
  for (const own of collections) yield* writeCollection(own);
}

async function* writeCollection({ database, collection, documents }: CollectionToWrite): AsyncGenerator<Uint8Array> {
  const sum = new Crc64();
  const header = (ended: boolean, value: bigint) => serialize({ db: database, collection, EOF: ended, CRC: BigInt.asIntN(64, value) });
  let began = false;
  for await (const batch of documents ?? []) {
    if (batch.length === 0) continue;
    if (!began) yield header(false, 0n);
    began = true;
    for (const document of batch) sum.update(document);
    yield Buffer.concat(batch);
  }
  if (began) yield TERMINATOR;
  yield Buffer.concat([header(true, sum.value), TERMINATOR]);
}
