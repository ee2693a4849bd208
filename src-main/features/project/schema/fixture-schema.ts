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

const FixtureService = z.strictObject(
  {
    engine: z
      .enum(['postgres', 'mysql', 'mariadb', 'redis', 'mongodb'], expected('postgres, mysql, mariadb, redis or mongodb', 'postgres'))
      .describe('The database that the service is.'),
    databases: listOf('databases', '[shop]').optional().describe('Which databases; without it, all that are not the system’s.'),
    source: Source.describe('Where the data is captured from.'),
    rules: text('the path of a rules file', 'fixtures/shop.rules.yaml').describe('The anonymization rules: every column has one.'),
    subset: z
      .strictObject(
        {
          from: text('the name of a table', 'customers').describe('The table that the subset starts from.'),
          where: text('a condition', '"id % 100 = 7"').describe('Which of its rows; what they refer to comes along.'),
        },
        expected('a table and a condition', '{from: customers, where: "id % 100 = 7"}'),
      )
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
