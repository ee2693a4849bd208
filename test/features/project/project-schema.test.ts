import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { projectJsonSchema } from '#features/project/project-schema.ts';

type Schema = { readonly description?: string; readonly properties?: Record<string, Schema>; readonly additionalProperties?: unknown; readonly patternProperties?: object; readonly [key: string]: unknown };

const schema = projectJsonSchema() as Schema;

describe('the published schema', () => {
  // After a change of the schema: npx vitest run test/features/project/project-schema.test.ts --update
  test('is up to date', async () => {
    await expect(`${JSON.stringify(schema, null, 2)}\n`).toMatchFileSnapshot('../../../resources/backlot.schema.json');
  });

  test('is of the 2020-12 draft, and refuses unknown keys except those that begin with "x-"', () => {
    expect(schema['$schema']).toBe('https://json-schema.org/draft/2020-12/schema');
    expect(schema).toMatchObject({ additionalProperties: false, patternProperties: { '^x-': {} }, required: ['version'] });
  });

  test('documents every key at the top and of a set', () => {
    const set = (schema.properties?.['sets']?.additionalProperties ?? {}) as Schema;
    for (const part of [schema, set]) {
      const undocumented = Object.entries(part.properties ?? {}).filter(([, { description }]) => !description);
      expect(undocumented.map(([key]) => key)).toEqual([]);
    }
  });

  test('knows every key of the documented example', () => {
    const example = readFileSync('resources/backlot.example.yaml', 'utf8');
    for (const key of Object.keys(schema.properties ?? {})) expect(example).toMatch(new RegExp(`^(# )?${key}:`, 'm'));
  });
});
