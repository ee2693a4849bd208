import { BacklotError } from '#contract/errors.ts';
import type { Address, DatabaseReader } from '#ports/database.ts';
import { quoteName, quoteOption, quoteText } from './quote.ts';
import type { Sessions } from './sessions.ts';

type Source = { readonly address: Address; readonly database: string; readonly encoding: string; readonly snapshot: string; readonly sessions: Sessions };

/** Comments are left out: people write into them, and no rule covers them. */
const LEFT_OUT = ['--no-comments', '--no-blobs', '--no-security-labels', '--no-publications', '--no-subscriptions', '--no-tablespaces', '--no-unlogged-table-data'];

const SEQUENCES = `
  select schemaname as schema, sequencename as name, last_value::text as value
    from pg_sequences where last_value is not null and schemaname !~ '^pg_' order by 1, 2`;

/** Roles that own something here or may do something with it, and the server's first one, which owns without being noted. */
const ROLES = `
  select distinct r.rolname as name, r.oid = 10 as first from pg_roles r left join pg_shdepend d on d.refobjid = r.oid
   where r.rolname !~ '^pg_' and (r.oid = 10 or (d.refclassid = 'pg_authid'::regclass and d.dbid = (select oid from pg_database where datname = current_database())))
   order by 1`;

/** What belongs to a database and is in no dump of it alone, or is left out: settings may hold anything, and publications would send the rows on. */
const LEFT_BESIDE = `
  select format('%s (%s)', case when setrole = 0 then 'settings of the database' else 'settings of the role ' || setrole::regrole end, string_agg(split_part(setting, '=', 1), ', ' order by setting)) as what
    from pg_db_role_setting, unnest(setconfig) as setting where setdatabase = (select oid from pg_database where datname = current_database()) group by setrole
  union all select format('publications (%s)', string_agg(pubname, ', ' order by pubname)) from pg_publication having count(*) > 0
  order by 1`;

/** What makes a database before and after its rows come, as the server's own pg_dump writes it, in the reader's snapshot. */
export async function readStructure({ address, database, encoding, snapshot, sessions }: Source, signal: AbortSignal): ReturnType<DatabaseReader['structure']> {
  const { programs } = address;
  if (!programs) throw new BacklotError('source-failed', 'The structure cannot be read: nothing here runs pg_dump');
  // As the rows: what a dump says of its encoding holds for whatever comes over the same connection afterwards.
  const form = encoding === 'SQL_ASCII' ? [] : ['--encoding=UTF8'];
  const dump = async (section: string) =>
    withoutCommands(await programs.run(['pg_dump', ...programs.connection, '-d', `dbname=${quoteOption(database)}`, `--snapshot=${snapshot}`, `--section=${section}`, ...form, ...LEFT_OUT], signal));
  const [before, after] = await sections(dump);
  return sessions.use(signal, async (client) => {
    const { rows: sequences } = await client.query<{ schema: string; name: string; value: string }>(SEQUENCES);
    const { rows: roles } = await client.query<{ name: string; first: boolean }>(ROLES);
    const values = sequences.map(({ schema, name, value }) => `select pg_catalog.setval(${quoteText(`${quoteName(schema)}.${quoteName(name)}`)}, ${value}, true);`);
    const { rows: beside } = await client.query<{ what: string }>(LEFT_BESIDE);
    const firsts = roles.filter(({ first }) => first).map(({ name }) => handOver(name));
    return { before: `${roles.map(({ name }) => makeRole(name)).join('\n')}\n${before}`, after: [after, ...values, ...firsts].join('\n'), leftOut: beside.map(({ what }) => what) };
  });
}

/** Both ways of a dump at once; where one fails, the other has ended as well before anybody goes on. */
async function sections(dump: (section: string) => Promise<string>): Promise<[string, string]> {
  const both = [dump('pre-data'), dump('post-data')] as const;
  await Promise.allSettled(both);
  return Promise.all(both);
}

/** psql's own commands, which newer versions put around a dump. */
function withoutCommands(sql: string): string {
  return sql.replaceAll(/^\\(un)?restrict .*$/gm, '');
}

/** A role that an object belongs to. While the database is made it may do anything, as whoever owns what is refreshed may need to; `finish` ends that. */
function makeRole(name: string): string {
  return `do $backlot$ begin if not exists (select from pg_catalog.pg_roles where rolname = ${quoteText(name)}) then create role ${quoteName(name)} login superuser; end if; end $backlot$;`;
}

/** The source's first role is nobody here: what it owns becomes the first one's of this server. It goes with the last database that has something of it. */
function handOver(name: string): string {
  const role = quoteName(name);
  return `do $backlot$ begin
    if current_user <> ${quoteText(name)} then
      reassign owned by ${role} to current_user;
      drop owned by ${role};
      begin drop role ${role}; exception when dependent_objects_still_exist then null; end;
    end if;
  end $backlot$;`;
}
