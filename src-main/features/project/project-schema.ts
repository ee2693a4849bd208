import { z } from 'zod';
import { ComponentSchema } from './schema/component-schema.ts';
import { FixtureSchema } from './schema/fixture-schema.ts';
import { NamesSchema, SetSchema } from './schema/set-schema.ts';
import { BuildSchema, StageSchema } from './schema/stage-schema.ts';
import { EvidenceSchema, NotifySchema, TargetSchema } from './schema/target-schema.ts';
import { expected, shortName, someText, text } from './schema/values.ts';

/** Where editors find the published schema. */
export const SCHEMA_URL = 'https://backlot.dev/backlot.schema.json';

/** The least that a project file says. */
export const MINIMAL_FILE = 'version: 1\ncompose: [compose.yaml]\n';

/** `backlot.yaml`, whole. Each key is documented where it is defined; the published JSON Schema is made from this. */
export const ProjectFileSchema = z
  .strictObject(
    {
      version: z.literal(1, expected('the number 1', 'version: 1')).describe('The version of this file’s format.'),
      name: shortName('shop').optional().describe('The project’s name; by default that of the Compose project.'),
      compose: z
        .union([someText, z.array(someText).min(1, expected('a list of Compose files', '[compose.yaml]'))], expected('a list of Compose files', '[compose.yaml]'))
        .transform((value) => (typeof value === 'string' ? [value] : value))
        .optional()
        .describe('The Compose files of this component, in merge order, relative to this file. By default the ones that docker compose finds.'),
      components: z
        .record(shortName('payments'), ComponentSchema, expected('checkouts by name', '{payments: {path: ../payments}}'))
        .optional()
        .describe('Other checkouts that this project depends on: their services are merged in, with what those depend on.'),
      build: BuildSchema.optional(),
      names: NamesSchema.optional(),
      sets: z.record(shortName('minimal'), SetSchema, expected('sets by name', '{minimal: {services: [api]}}')).optional().describe('Named selections of services. The default set is "minimal", else the first.'),
      fixtures: z.record(shortName('catalogue'), FixtureSchema, expected('fixtures by name', '{catalogue: {services: {…}}}')).optional().describe('Named states of the data services.'),
      stages: z.record(shortName('unit'), StageSchema, expected('stages by name', '{unit: {run: npm test}}')).optional().describe('Containerized test steps.'),
      registry: text('a registry', 'registry.example:5000').optional().describe('Where images and fixtures are pushed.'),
      targets: z.record(shortName('staging'), TargetSchema, expected('targets by name', '{staging: {requires: [unit]}}')).optional().describe('Where images are promoted to.'),
      evidence: EvidenceSchema.optional(),
      notify: z.array(NotifySchema, expected('a list of receivers', '[{slack: {env: SLACK_WEBHOOK}, on: [fail]}]')).optional().describe('Who is told what.'),
    },
    expected('a map of keys', 'version: 1'),
  )
  .describe('A Backlot project.');

export type ProjectFile = z.output<typeof ProjectFileSchema>;
export type SetFile = z.output<typeof SetSchema>;

/** The published JSON Schema (2020-12) of `backlot.yaml`. Keys that start with "x-" are free in every object with fixed keys. */
export function projectJsonSchema(): object {
  const schema = z.toJSONSchema(ProjectFileSchema, {
    target: 'draft-2020-12',
    io: 'input',
    override({ jsonSchema }) {
      if (jsonSchema.additionalProperties === false) jsonSchema.patternProperties = { '^x-': {} };
    },
  });
  return { $schema: schema.$schema, $id: SCHEMA_URL, title: 'backlot.yaml', ...schema };
}
