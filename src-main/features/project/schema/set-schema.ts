import { z } from 'zod';
import { count, expected, listOf, namedMap, port, someText, text, VariableValue, yesOrNo } from './values.ts';

const Engine = z
  .strictObject(
    {
      context: text('the name of a docker context', 'bigbox').optional().describe('Run on the engine of this docker context.'),
      host: text("an engine's address", 'ssh://me@bigbox').optional().describe('Run on the engine at this address.'),
      swarm: yesOrNo().optional().describe('Run as services of the Docker Swarm that the engine belongs to.'),
    },
    expected('where the set runs', '{context: bigbox}'),
  )
  .describe('Runs the set elsewhere than on this machine.');

const HostPorts = z.record(
  z.string().regex(/^\d{1,5}$/, expected("a container's port number", '5432')),
  port(),
  expected('host ports by container port', '{5432: 15432}'),
);

/** A named selection of services and how they are addressed. */
export const SetSchema = z
  .strictObject(
    {
      services: z
        .union([z.literal('all'), z.array(someText)], expected('a list of services, or all', '[api, web]'))
        .optional()
        .describe('The services that the set is for; what they depend on is added by itself. "all" (the default) is every service without a Compose profile.'),
      profiles: listOf('Compose profiles', '[debug]').optional().describe('Adds the services of these Compose profiles; "*" is every profile.'),
      addresses: z
        .enum(['localhost', 'own'], expected('localhost or own', 'localhost'))
        .optional()
        .describe('localhost (the default): each service on 127.0.0.1 at its own port. own: each container on its own address, nothing published unless asked.'),
      ports: namedMap(HostPorts, 'host ports by service and container port', '{db: {5432: 15432}}')
        .optional()
        .describe('Other host ports than the services’ own, for sets on localhost.'),
      standIns: namedMap(listOf('names', '[node-2, node-3]'), 'lists of names by service', '{node-1: [node-2, node-3]}')
        .optional()
        .describe('Services that also answer for the names of others, which this set leaves out.'),
      environment: namedMap(VariableValue, 'variables with their values', '{NODE_ENV: development}')
        .optional()
        .describe('Environment variables for every service of the set, and for the Compose files where they ask for them. ${db.host}, ${db.port}, ${db.address}, ${db.url}, ${db.user}, ${db.password} and ${db.database} are those of its service db, as the others reach it.'),
      replicas: namedMap(count('a number of containers', '3'), 'numbers of containers by service', '{cache: 3}')
        .optional()
        .describe('How many containers of a service run.'),
      fixture: text('the name of a fixture', 'catalogue').optional().describe('Loaded when the set comes up with empty data.'),
      engine: Engine.optional(),
    },
    expected('the services of the set and how they are addressed', '{services: [api], addresses: localhost}'),
  )
  .describe('A named selection of services and how they are addressed.');

export const NamesSchema = z
  .strictObject(
    {
      suffixes: listOf('domain suffixes', '[us-east-1.shop.example]')
        .optional()
        .describe('Every name resolves alone and with each of these.'),
      aliases: namedMap(listOf('names or patterns', '["pg-main-node-{1..2}"]'), 'lists of names by service', '{db: ["pg-main-node-{1..2}"]}')
        .optional()
        .describe('More names for services. {1..3} and {a,b} stand for several names.'),
      groups: namedMap(listOf('services', '[node-1, node-2]').min(1, expected('a list of services', '[node-1, node-2]')), 'lists of services by name', '{mongodb-cluster-a: [node-1, node-2]}')
        .optional()
        .describe('Names, or patterns of names, that several services have on purpose: any of those that are up answers.'),
      guard: z
        .enum(['block', 'report', 'off'], expected('block, report or off', 'block'))
        .optional()
        .describe('What happens to a production name that nobody here owns: block (the default where there are suffixes) answers that it does not exist, report lets it pass and tells.'),
      allow: listOf('names or patterns', '["*.cdn.shop.example"]').optional().describe('Production names that may be forwarded.'),
    },
    expected('suffixes, aliases, guard and allow', '{suffixes: [shop.example]}'),
  )
  .describe('The production names of the services.');
