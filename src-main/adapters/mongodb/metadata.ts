import type { ArchivedCollection } from './archive-format.ts';

type Index = { readonly key?: Readonly<Record<string, unknown>>; readonly unique?: boolean; readonly storageEngine?: unknown };
type Metadata = { readonly options?: Readonly<Record<string, unknown>>; readonly indexes?: readonly Index[] };

/** A collection or view as one line of a structure. How a server stores it is that server's own matter. */
export function definitionOf({ collection, metadata, type }: ArchivedCollection): string {
  const { options, indexes, ...rest } = parse(metadata);
  const own = { ...rest, uuid: undefined, options: options && { ...options, storageEngine: undefined }, indexes: indexes?.map((index) => ({ ...index, storageEngine: undefined })) };
  return `create ${type === 'view' ? 'view' : 'collection'} \`${collection.replaceAll('`', '``')}\` ${JSON.stringify(own)}\n`;
}

/** The collections and views of a structure. */
export function collectionsIn(structure: string, database: string): ArchivedCollection[] {
  return [...structure.matchAll(/^create (view|collection) `((?:[^`]|``)+)` (\{.*\})$/gm)].map(([, kind, name = '', metadata = '']) => ({ database, collection: name.replaceAll('``', '`'), metadata, type: kind === 'view' ? 'view' : '' }));
}

/** Lists of paths that no two documents may have the same values at; among many paths those that an index names or that lie below. */
export function uniqueLists(metadata: string, paths: readonly string[]): string[][] {
  const below = (name: string) => paths.filter((path) => path === name || path.startsWith(`${name}.`));
  const lists = (parse(metadata).indexes ?? []).filter(({ unique }) => unique === true).map(({ key = {} }) => Object.keys(key).flatMap(below));
  return [below('_id'), ...lists].filter((list) => list.length > 0);
}

function parse(metadata: string): Metadata {
  try {
    return JSON.parse(metadata) as Metadata;
  } catch {
    return {};
  }
}
