import { bytesOf, listOf, textOf } from './scan-keys.ts';
import type { Argument, Reply, RespClient } from './resp.ts';

/** A group of consumers: up to where it was handed entries out, and how many. Who consumes, and what was handed out and not yet acknowledged, is of the moment and not kept. */
type Group = readonly [name: string, last: string, read: number | null];

/** The groups of a stream as a text; nothing where it has none. */
export async function groupsOf(client: RespClient, key: string): Promise<string | null> {
  const groups = listOf(await client.ask('XINFO', 'GROUPS', bytesOf(key))).map((reply): Group => {
    const facts = factsOf(listOf(reply));
    const read = facts.get('entries-read');
    return [textOf(facts.get('name')), textOf(facts.get('last-delivered-id')), typeof read === 'number' ? read : null];
  });
  return groups.length === 0 ? null : JSON.stringify(groups);
}

function factsOf(values: readonly Reply[]): Map<string, Reply | undefined> {
  return new Map(values.flatMap((name, index) => (index % 2 === 0 ? [[textOf(name), values[index + 1]] as const] : [])));
}

/** What makes the groups of a stream; the stream too, where nothing is in it. */
export function makeGroups(key: string, text: string): Argument[][] {
  return (JSON.parse(text) as Group[]).map(([name, last, read]) => ['XGROUP', 'CREATE', bytesOf(key), bytesOf(name), last, 'MKSTREAM', ...(read === null ? [] : ['ENTRIESREAD', read])]);
}

/** What makes a stream without an entry. */
export function makeEmpty(key: string): Argument[][] {
  const name = 'backlot';
  return [['XGROUP', 'CREATE', bytesOf(key), name, '0', 'MKSTREAM'], ['XGROUP', 'DESTROY', bytesOf(key), name]];
}
