/** How every archive of mongodump begins. */
export const MAGIC = Buffer.from([0x6d, 0xe2, 0x99, 0x81]);
/** What ends the prelude and each block. */
export const TERMINATOR = Buffer.from([0xff, 0xff, 0xff, 0xff]);
/** Bytes of the longest document that the tools take: the largest of a server, and what it may add. */
export const DOCUMENT_LIMIT = 48 << 20;
export const FORMAT_VERSION = '0.1';

/** A collection as the prelude of an archive has it. */
export type ArchivedCollection = {
  readonly database: string;
  readonly collection: string;
  /** Options and indexes, as canonical Extended JSON. */
  readonly metadata: string;
  /** `view`, `timeseries`, or nothing. */
  readonly type: string;
};

export type Prelude = { readonly serverVersion: string; readonly toolVersion: string; readonly collections: readonly ArchivedCollection[] };

/** Documents of one collection, as they lie in the archive; parts of collections stand in any order. */
export type DocumentsOf = { readonly database: string; readonly collection: string; readonly documents: readonly Buffer[] };
