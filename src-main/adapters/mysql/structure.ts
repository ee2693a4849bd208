import type { Connection } from 'mysql2';
import { BacklotError } from '#contract/errors.ts';
import { cleanTable, withoutDefiner } from './clean-definition.ts';
import { ask } from './connect.ts';
import { quoteName, quoteText } from './quote.ts';

type Definition = Readonly<Record<string, string | null>>;
type Kind = { readonly words: string; readonly list: string; readonly definition: string };

const TRIGGERS: Kind = { words: 'trigger', list: 'select trigger_schema as `schema`, trigger_name as name from information_schema.triggers where trigger_schema = database() order by event_object_table, action_timing, event_manipulation, action_order', definition: 'SQL Original Statement' };
const FUNCTIONS: Kind = { words: 'function', list: "select routine_schema as `schema`, routine_name as name from information_schema.routines where routine_schema = database() and routine_type = 'FUNCTION' order by 2", definition: 'Create Function' };
const PROCEDURES: Kind = { words: 'procedure', list: "select routine_schema as `schema`, routine_name as name from information_schema.routines where routine_schema = database() and routine_type = 'PROCEDURE' order by 2", definition: 'Create Procedure' };
const EVENTS: Kind = { words: 'event', list: 'select event_schema as `schema`, event_name as name from information_schema.events where event_schema = database() order by 2', definition: 'Create Event' };

/** What makes a database before and after its rows come, as the server itself writes it. Triggers come last: no row fires them. */
export async function readStructure(connection: Connection): Promise<{ readonly before: string; readonly after: string }> {
  const [current] = await ask<{ name: string }>(connection, 'select database() as name');
  const database = current?.name ?? '';
  const named = async (list: string) => (await ask<{ schema: string; name: string }>(connection, list)).filter(({ schema }) => schema === database).map(({ name }) => name);
  const ofType = (types: string) => named(`select table_schema as \`schema\`, table_name as name from information_schema.tables where table_schema = database() and table_type in (${types}) order by 2`);
  const sequences = await ofType("'SEQUENCE'");
  const before = ['set session foreign_key_checks = 0, session innodb_strict_mode = 0'];
  for (const name of sequences) before.push(...(await sequence(connection, name)));
  for (const name of await ofType("'BASE TABLE', 'SYSTEM VERSIONED'")) before.push(cleanTable(await definition(connection, `table ${quoteName(name)}`, 'Create Table')));
  const after: string[] = [];
  for (const kind of [FUNCTIONS, PROCEDURES]) after.push(...(await programs(connection, kind, await named(kind.list))));
  after.push(...(await views(connection, await ofType("'VIEW'"))));
  for (const kind of [TRIGGERS, EVENTS]) after.push(...(await programs(connection, kind, await named(kind.list))));
  return { before: joined(before), after: joined(after) };
}

const joined = (statements: readonly string[]) => statements.map((statement) => `${statement};\n`).join('');

async function definition(connection: Connection, what: string, column: string): Promise<string> {
  const [row] = await ask<Definition>(connection, `show create ${what}`);
  const text = row?.[column] ?? null;
  if (text === null) throw new BacklotError('source-failed', `The server does not show the definition of the ${what}`, { fix: 'Give the user the right to see it (in MySQL: SHOW_ROUTINE; in MariaDB: SHOW CREATE ROUTINE), or read as the one who made it.' });
  return text;
}

async function sequence(connection: Connection, name: string): Promise<string[]> {
  const [row] = await ask<{ value: string }>(connection, `select next_not_cached_value as value from ${quoteName(name)}`);
  return [await definition(connection, `sequence ${quoteName(name)}`, 'Create Table'), `do setval(${quoteName(name)}, ${row?.value ?? '1'}, 0)`];
}

/** Each is read by the settings that it was written under. */
async function programs(connection: Connection, kind: Kind, names: readonly string[]): Promise<string[]> {
  const statements: string[] = [];
  for (const name of names) {
    const what = `${kind.words} ${quoteName(name)}`;
    const text = await definition(connection, what, kind.definition);
    const [row] = await ask<Definition>(connection, `show create ${what}`);
    statements.push(`set session sql_mode = ${quoteText(row?.['sql_mode'] ?? '')}`, withoutDefiner(text));
  }
  return statements;
}

/** Views after those that they are made of. */
async function views(connection: Connection, names: readonly string[]): Promise<string[]> {
  const texts = new Map<string, string>();
  for (const name of names) texts.set(name, withoutDefiner(await definition(connection, `view ${quoteName(name)}`, 'Create View')));
  const ordered: string[] = [];
  const visit = (name: string) => {
    const text = texts.get(name);
    if (text === undefined) return;
    texts.delete(name);
    for (const other of names) if (other !== name && text.includes(quoteName(other))) visit(other);
    ordered.push(text);
  };
  for (const name of names) visit(name);
  return ordered.length === 0 ? [] : ["set session sql_mode = ''", ...ordered];
}
