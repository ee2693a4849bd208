import { groupsOf } from './groups.ts';
import { EXPIRES, GROUPS, type KeyTable } from './key-table.ts';
import { partsOf } from './key-patterns.ts';
import { BATCH, batches, bytesOf, entries, listOf, textOf } from './scan-keys.ts';
import type { Reply, RespClient } from './resp.ts';

/** A row by column, as bytes: each character is one byte. Columns that are not there are null. */
export type KeyRow = Readonly<Record<string, string | null>>;

/** The rows of one table, key after key. Large values come in parts. */
export async function* keyRows(client: RespClient, table: KeyTable, keys: readonly string[]): AsyncGenerator<KeyRow> {
  for (const batch of batches(keys, BATCH)) {
    const ends = await client.askAll(batch.map((key) => ['PTTL', bytesOf(key)]));
    const times = await client.askAll(batch.map((key) => ['PEXPIRETIME', bytesOf(key)])).catch(() => ends.map(approximately));
    const common = batch.map((key, index): KeyRow => ({ ...partColumns(key, table.keyPattern), [EXPIRES]: Number(times[index]) > 0 ? textOf(times[index]) : null }));
    if (table.kind === 'string') {
      for (const [index, value] of (await client.askAll(batch.map((key) => ['GET', bytesOf(key)]))).entries()) if (value !== null) yield { ...common[index], value: textOf(value) };
    } else if (table.kind === 'hash' && table.fields) {
      for (const [index, reply] of (await client.askAll(batch.map((key) => ['HGETALL', bytesOf(key)]))).entries()) if (listOf(reply).length > 0) yield { ...common[index], ...fieldColumns(listOf(reply), table) };
    } else {
      for (const [index, key] of batch.entries()) for await (const row of elements(client, key, table)) yield { ...common[index], ...row };
    }
  }
}

/** Older servers only say how long a key has left. */
function approximately(left: Reply): Reply {
  return Number(left) < 0 ? left : Math.round((Date.now() + Number(left)) / 10_000) * 10_000;
}

function partColumns(key: string, pattern: string): KeyRow {
  return Object.fromEntries((partsOf(key, pattern) ?? []).map((part, index) => [index === 0 ? 'key' : `key${index + 1}`, part]));
}

function fieldColumns(values: readonly Reply[], { fields }: KeyTable): KeyRow {
  const byField = new Map<string, string>();
  for (let index = 0; index + 1 < values.length; index += 2) byField.set(textOf(values[index]), textOf(values[index + 1]));
  return Object.fromEntries([...(fields ?? [])].map(([column, field]) => [column, byField.get(field) ?? null]));
}

async function* elements(client: RespClient, key: string, table: KeyTable): AsyncGenerator<KeyRow> {
  switch (table.kind) {
    case 'list':
      for (let from = 0; ; from += BATCH) {
        const values = listOf(await client.ask('LRANGE', bytesOf(key), from, from + BATCH - 1));
        for (const value of values) yield { value: textOf(value) };
        if (values.length < BATCH) return;
      }
    case 'zset':
      for (let from = 0; ; from += BATCH) {
        const values = listOf(await client.ask('ZRANGE', bytesOf(key), from, from + BATCH - 1, 'WITHSCORES'));
        for (let index = 0; index < values.length; index += 2) yield { value: textOf(values[index]), score: textOf(values[index + 1]) };
        if (values.length < BATCH * 2) return;
      }
    case 'stream':
      return yield* streamRows(client, key, table);
    default:
      yield* members(client, key, table.kind === 'hash');
  }
}

/** A stream without an entry is a row without one: it and its groups are there. */
async function* streamRows(client: RespClient, key: string, table: KeyTable): AsyncGenerator<KeyRow> {
  let first: KeyRow | undefined = { [GROUPS]: await groupsOf(client, key) };
  for await (const [id, values] of entries(client, key)) {
    const rows = table.fields ? [fieldColumns(values, table)] : values.flatMap((field, index) => (index % 2 === 0 ? [{ field: textOf(field), value: textOf(values[index + 1]) }] : []));
    for (const row of rows) {
      yield { ...first, id, ...row };
      first = undefined;
    }
  }
  if (first) yield first;
}

async function* members(client: RespClient, key: string, isHash: boolean): AsyncGenerator<KeyRow> {
  for (let cursor = '0'; ; ) {
    const [next, found] = listOf(await client.ask(isHash ? 'HSCAN' : 'SSCAN', bytesOf(key), cursor, 'COUNT', BATCH));
    const values = listOf(found);
    if (isHash) for (let index = 0; index < values.length; index += 2) yield { field: textOf(values[index]), value: textOf(values[index + 1]) };
    else for (const value of values) yield { value: textOf(value) };
    cursor = textOf(next);
    if (cursor === '0') return;
  }
}
