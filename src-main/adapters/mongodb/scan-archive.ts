import { BacklotError } from '#contract/errors.ts';
import type { Column, Table } from '#ports/database.ts';
import type { ArchivedCollection, Prelude } from './archive-format.ts';
import { SHAPE } from './document-rows.ts';
import { uniqueLists } from './metadata.ts';
import { Path } from './paths.ts';
import { readArchive } from './read-archive.ts';
import { readDocument } from './read-document.ts';
import { factsOf, type ValueKind } from './value-kinds.ts';

/** More paths than these are no structure: names of fields are values themselves. */
const MOST_PATHS = 2000;
/** What the server, and the tools, keep for themselves. */
const OWN_DATABASES: ReadonlySet<string> = new Set(['', 'admin', 'config', 'local']);

/** Where an archive comes from; it can be read any number of times. */
export type ArchiveSource = {
  readonly name: string;
  /** Its bytes, unpacked; of one database, of one collection where the source can tell them apart. */
  read(only: { readonly database?: string; readonly collection?: string }, signal: AbortSignal): AsyncIterable<Uint8Array>;
};

/** What an archive holds: the tables of each database, and what all collections and views are made with. */
export type ScannedArchive = { readonly prelude: Prelude; readonly databases: ReadonlyMap<string, readonly Table[]>; /** Whether changes that were made meanwhile come with it. */ readonly hasChanges: boolean };

type Place = { readonly kinds: Set<ValueKind>; several: boolean; lastIn: number };
type Seen = { readonly root: Path; readonly places: Map<Path, Place>; documents: number };

/** Reads all of an archive once: which collections there are, and which values at which paths. Fails where it is not whole. */
export async function scanArchive(source: ArchiveSource, signal: AbortSignal): Promise<ScannedArchive> {
  const seen = new Map<string, Seen>();
  let prelude: Prelude = { serverVersion: '', toolVersion: '', collections: [] };
  let hasChanges = false;
  const wants = (database: string, collection: string) => isOfPeople(database, collection) || (database === '' && collection === 'oplog');
  for await (const part of readArchive(source.read({}, signal), { name: source.name, wants })) {
    signal.throwIfAborted();
    if (part.kind === 'prelude') {
      ({ prelude } = part);
      refuseTimeSeries(prelude);
    } else if (part.database === '') hasChanges = true;
    else for (const document of part.documents) look(document, `${part.database}.${part.collection}`, seen);
  }
  const databases = new Map<string, Table[]>();
  for (const own of prelude.collections.filter(({ database, collection, type }) => type !== 'view' && isOfPeople(database, collection))) {
    databases.set(own.database, [...(databases.get(own.database) ?? []), tableOf(own, seen.get(`${own.database}.${own.collection}`))]);
  }
  return { prelude, databases, hasChanges };
}

/** The beginning of an archive: what there is, and nothing of what it holds. */
export async function readPreludeOf(source: ArchiveSource, database: string | undefined, signal: AbortSignal): Promise<Prelude> {
  for await (const part of readArchive(source.read(database === undefined ? {} : { database }, signal), source)) if (part.kind === 'prelude') return part.prelude;
  return { serverVersion: '', toolVersion: '', collections: [] };
}

/** Whether a collection is none of the server's own. */
export function isOfPeople(database: string, collection: string): boolean {
  return !OWN_DATABASES.has(database) && !/^(system\.|\$admin\.system\.)/.test(collection);
}

function refuseTimeSeries({ collections }: Prelude): void {
  const found = collections.find(({ type }) => type === 'timeseries');
  if (found) throw new BacklotError('source-failed', `${found.database}.${found.collection} is a time series, which is not captured yet`, { fix: `Make the dump without it: mongodump --excludeCollection=${found.collection}` });
}

function look(document: Buffer, namespace: string, seen: Map<string, Seen>): void {
  const own = seen.get(namespace) ?? { root: new Path(), places: new Map<Path, Place>(), documents: 0 };
  seen.set(namespace, own);
  own.documents += 1;
  readDocument(document, own.root, ({ path, kind, inArray }) => {
    let place = own.places.get(path);
    if (!place) own.places.set(path, (place = { kinds: new Set(), several: false, lastIn: 0 }));
    place.kinds.add(kind);
    // A server lets a name stand twice in a document.
    place.several ||= inArray || place.lastIn === own.documents;
    place.lastIn = own.documents;
  });
  if (own.places.size > MOST_PATHS) {
    throw new BacklotError('source-failed', `The documents of ${namespace} have more than ${MOST_PATHS} paths: names of fields seem to be values there`, { fix: 'Rules are for paths, and what stands in names cannot be masked: make the dump without it (mongodump --excludeCollection), or with values in an array.' });
  }
}

function tableOf({ collection, metadata }: ArchivedCollection, seen: Seen | undefined): Table {
  const columns = [...(seen?.places ?? [])].map(([{ text }, { kinds, several }]): Column => columnOf(text, kinds, several));
  const unique = uniqueLists(metadata, columns.map(({ name }) => name));
  return {
    name: collection,
    schema: '',
    columns: [...columns, { name: SHAPE, type: 'shape', base: 'other', nullable: false, generated: false, implied: true }],
    primaryKey: columns.flatMap(({ name }) => (isKey(name) ? [name] : [])),
    unique,
    foreignKeys: [],
    estimatedRows: seen?.documents ?? 0,
  };
}

function columnOf(name: string, kinds: ReadonlySet<ValueKind>, several: boolean): Column {
  const { type, base } = factsOf(kinds);
  const facts = { name, nullable: !isKey(name), generated: false };
  return several ? { ...facts, type: `array of ${type}`, base: 'array', element: base } : { ...facts, type, base };
}

function isKey(path: string): boolean {
  return path === '_id' || path.startsWith('_id.');
}
