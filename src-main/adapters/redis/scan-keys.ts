import { BacklotError } from '#contract/errors.ts';
import { isPersonal, KeyPatterns, KINDS, partsOf, type IsName, type Kind } from './key-patterns.ts';
import { keyTable, type KeyTable } from './key-table.ts';
import type { Reply, RespClient } from './resp.ts';

/** Keys as bytes in the order of their values: each character is one byte. */
export type ScannedKeys = ReadonlyMap<Kind, readonly string[]>;

export const BATCH = 500;
/** More fields than these are values of their own. */
const MOST_FIELDS = 60;

export const bytesOf = (text: string) => Buffer.from(text, 'latin1');
export const textOf = (reply: Reply | undefined) => (reply instanceof Buffer ? reply.toString('latin1') : String(reply));
export const listOf = (reply: Reply | undefined): readonly Reply[] => (Array.isArray(reply) ? (reply as readonly Reply[]) : []);

/** Every key of a database, by the kind of its value. */
export async function scanKeys(client: RespClient): Promise<ScannedKeys> {
  const keys = new Set<string>();
  for (let cursor = '0'; ; ) {
    const [next, found] = listOf(await client.ask('SCAN', cursor, 'COUNT', 1000));
    for (const key of listOf(found)) keys.add(textOf(key));
    cursor = textOf(next);
    if (cursor === '0') break;
  }
  const byKind = new Map<Kind, string[]>(KINDS.map((kind) => [kind, []]));
  for (const batch of batches([...keys].sort(), BATCH)) {
    const kinds = await client.askAll(batch.map((key) => ['TYPE', bytesOf(key)]));
    for (const [index, key] of batch.entries()) {
      const kind = textOf(kinds[index]);
      if (kind === 'none') continue;
      const known = byKind.get(kind as Kind);
      if (!known) throw new BacklotError('source-failed', `A key holds a value of the kind ${kind}, which is not captured`, { fix: `What is: ${KINDS.join(', ')}. Take it away from the source, or capture another one.` });
      known.push(key);
    }
  }
  return byKind;
}

/** Keys as tables, and which keys are of a table. */
export type KnownKeys = { readonly tables: readonly KeyTable[]; readonly keysOf: (table: KeyTable) => readonly string[] };

/** The keys as tables: one for each pattern and kind. */
export async function keyTables(client: RespClient, database: string, scanned: ScannedKeys, isName: IsName = () => false): Promise<KnownKeys> {
  const patterns = new KeyPatterns(isName);
  for (const keys of scanned.values()) for (const key of keys) patterns.add(key);
  const groups = new Map<string, { readonly pattern: string; readonly kind: Kind; readonly keys: string[] }>();
  for (const [kind, keys] of scanned) {
    for (const key of keys) {
      const pattern = patterns.of(key);
      const id = `${pattern}\0${kind}`;
      const group = groups.get(id) ?? { pattern, kind, keys: [] };
      group.keys.push(key);
      groups.set(id, group);
    }
  }
  const tables: KeyTable[] = [];
  for (const { pattern, kind, keys } of groups.values()) {
    const shared = KINDS.some((other) => other !== kind && groups.has(`${pattern}\0${other}`));
    tables.push(keyTable({ database, pattern, kind, keys: keys.length, fields: await fieldsOf(client, { kind, keys }, isName), shared }));
  }
  return {
    tables: tables.sort((one, other) => (one.name < other.name ? -1 : 1)),
    // A table of another database, such as the one that this is a masked copy of, has the keys that follow its pattern.
    keysOf: ({ keyPattern, kind }) => groups.get(`${keyPattern}\0${kind}`)?.keys ?? (scanned.get(kind) ?? []).filter((key) => partsOf(key, keyPattern) !== undefined),
  };
}

/** The names of all fields; nothing where there are too many, or some that are no text or what somebody is known by. */
async function fieldsOf(client: RespClient, { kind, keys }: { readonly kind: Kind; readonly keys: readonly string[] }, isName: IsName): Promise<readonly string[] | undefined> {
  if (kind !== 'hash' && kind !== 'stream') return undefined;
  const fields = new Set<string>();
  const isTooMuch = () => fields.size > MOST_FIELDS || [...fields].some((field) => !/^[\x20-\x7e]{1,100}$/.test(field) || isPersonal(field, isName));
  if (kind === 'hash') {
    for (const batch of batches(keys, BATCH)) {
      // One of millions of fields would not go into this machine's memory.
      if ((await client.askAll(batch.map((key) => ['HLEN', bytesOf(key)]))).some((length) => Number(length) > MOST_FIELDS)) return undefined;
      for (const names of await client.askAll(batch.map((key) => ['HKEYS', bytesOf(key)]))) for (const name of listOf(names)) fields.add(textOf(name));
      if (isTooMuch()) return undefined;
    }
  } else {
    for (const key of keys) {
      for await (const [, values] of entries(client, key)) values.forEach((value, index) => index % 2 === 0 && fields.add(textOf(value)));
      if (isTooMuch()) return undefined;
    }
  }
  return [...fields].sort();
}

/** The entries of a stream: their ids, and fields and values in turn. */
export async function* entries(client: RespClient, key: string): AsyncGenerator<readonly [id: string, values: readonly Reply[]]> {
  for (let from = '-'; ; ) {
    const found = listOf(await client.ask('XRANGE', bytesOf(key), from, '+', 'COUNT', BATCH)).map(listOf);
    for (const [id, values] of found) yield [textOf(id), listOf(values)];
    if (found.length < BATCH) return;
    from = `(${textOf(found.at(-1)?.[0])}`;
  }
}

export function* batches<Item>(items: readonly Item[], size: number): Generator<readonly Item[]> {
  for (let from = 0; from < items.length; from += size) yield items.slice(from, from + size);
}
