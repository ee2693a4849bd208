import { z } from 'zod';
import { Command, count, expected, listOf, namedMap, text, TextOrSecret } from './values.ts';

const Source = z
  .strictObject(
    {
      file: text('the path of a dump', 'dumps/shop.dump').optional().describe('A dump file, relative to this file.'),
      url: TextOrSecret.optional().describe('The address of a live database; {env: NAME} keeps its password out of the file.'),
      command: Command.optional().describe('A command that prints a dump.'),
    },
    expected('where the data comes from', '{file: dumps/shop.dump}'),
  )
  .refine((value) => Object.keys(value).length === 1, expected('exactly one of file, url and command', '{file: dumps/shop.dump}'));

const ROOT = expected('a table and a condition', '{from: customers, where: "id % 100 = 7"}');
const root = {
  from: text('the name of a table', 'customers').describe('The table that the subset starts from.'),
  where: text('a condition', '"id % 100 = 7"').optional().describe('Which of its rows, in the server’s own SQL; all of them without it. What they refer to comes along.'),
  children: z
    .union([z.enum(['all', 'none']), listOf('tables', '[orders, order_items]')], expected('all, none, or a list of tables', '[orders, order_items]'))
    .optional()
    .describe('Which rows that refer to chosen ones come along, and those that refer to them: of all tables, none, or these. All for the first table, none for those below `also`.'),
};

const FixtureService = z.strictObject(
  {
    engine: z
      .enum(['postgres', 'mysql', 'mariadb', 'redis', 'mongodb'], expected('postgres, mysql, mariadb, redis or mongodb', 'postgres'))
      .describe('The database that the service is.'),
    databases: listOf('databases', '[shop]').optional().describe('Which databases; without it, all that are not the system’s.'),
    source: Source.describe('Where the data is captured from.'),
    rules: text('the path of a rules file', 'fixtures/shop.rules.yaml').describe('The anonymization rules: every column has one.'),
    migrations: text('the path of a folder', 'db/migrations')
      .optional()
      .describe('The folder of the application’s migrations, one file or folder each: a fixture tells which came since it was captured.'),
    subset: z
      .strictObject({ ...root, also: z.array(z.strictObject(root, ROOT), expected('a list of tables to start from as well', '[{from: settings}]')).optional().describe('More tables that the subset starts from.') }, ROOT)
      .optional()
      .describe('Keep a part of the rows, with everything that they refer to.'),
  },
  expected('engine, source and rules of one data service', '{engine: postgres, source: {file: dumps/shop.dump}, rules: fixtures/shop.rules.yaml}'),
);

export const FixtureSchema = z
  .strictObject(
    {
      keep: count('how many captures are kept', '5').optional().describe('How many captures are kept; older ones are removed.'),
      services: namedMap(FixtureService, 'data services', '{db: {engine: postgres, …}}').describe('What is captured, by service.'),
    },
    expected('the data services of the fixture', '{services: {db: {…}}}'),
  )
  .describe('A named, anonymized, verified state of the data services.');
