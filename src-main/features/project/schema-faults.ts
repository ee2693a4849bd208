import type { z } from 'zod';
import type { Where } from '#contract/errors.ts';
import { nearest } from '#core/nearest.ts';
import type { YamlPath, YamlSource } from '#core/yaml/read-yaml.ts';

/** One of several faults of the project file. */
export type Fault = { readonly message: string; readonly where: Where; readonly fix?: string };

type Issue = z.core.$ZodIssue;

/** Every issue of the schema as a sentence with its place and what to write instead. */
export function schemaFaults(issues: readonly Issue[], source: YamlSource, schema: z.ZodType): Fault[] {
  return telling(issues).flatMap((issue) => faultsOf(issue, source, schema));
}

/** A wrong key says more than the sentence that the right one is missing. */
function telling(issues: readonly Issue[]): Issue[] {
  const unknown = new Set(issues.filter(({ code }) => code === 'unrecognized_keys').map(({ path }) => path.join('\n')));
  return issues.filter(({ code, path }) => code !== 'custom' || !unknown.has(path.join('\n')));
}

function faultsOf(issue: Issue, source: YamlSource, schema: z.ZodType): Fault[] {
  const path = issue.path.map((part) => (typeof part === 'number' ? part : String(part)));
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => unknownKey(key, path, source, keysAt(schema, path)));
    case 'invalid_key':
      return [{ message: `${nameOf(path)}: ${JSON.stringify(path.at(-1))} cannot be a name here`, where: source.whereIsKey(path), fix: `Write ${issue.issues[0]?.message ?? issue.message}.` }];
    case 'invalid_union':
      return unionFaults(issue, path, source, schema);
    case 'custom':
      return [{ message: `${nameOf(path)} must have ${issue.message}`, where: source.whereIs(path) }];
    default:
      return [wrongValue(issue.message, path, source)];
  }
}

/** The branch that the value was meant for says best what is wrong; where none is, the union's own words do. */
function unionFaults(issue: Extract<Issue, { code: 'invalid_union' }>, path: YamlPath, source: YamlSource, schema: z.ZodType): Fault[] {
  const meant = issue.errors.map(telling).find((branch) => branch.length > 0 && branch.every((inner) => inner.path.length > 0 || inner.code === 'unrecognized_keys'));
  if (!meant) return [wrongValue(issue.message, path, source)];
  return meant.flatMap((inner) => faultsOf({ ...inner, path: [...path, ...inner.path] } as Issue, source, schema));
}

function unknownKey(key: string, path: YamlPath, source: YamlSource, known: readonly string[]): Fault {
  const suggestion = nearest(key, known);
  const list = known.length > 0 ? ` The keys here are: ${known.join(', ')}.` : '';
  return {
    message: path.length === 0 ? `There is no key ${JSON.stringify(key)}` : `${nameOf(path)}: there is no key ${JSON.stringify(key)}`,
    where: source.whereIsKey([...path, key]),
    fix: suggestion ? `Did you mean ${suggestion}?${list}` : `${list.trim()} Keys of your own begin with "x-".`.trim(),
  };
}

function wrongValue(expectation: string, path: YamlPath, source: YamlSource): Fault {
  const value = valueAt(source.value, path);
  if (value === undefined) {
    return { message: `${nameOf(path)} is missing`, where: source.whereIs(path), fix: `Add it: ${expectation}.` };
  }
  return { message: `${path.length === 0 ? 'The file' : nameOf(path)} cannot be ${describe(value)}`, where: source.whereIs(path), fix: `Write ${expectation}.` };
}

function describe(value: unknown): string {
  if (value === null) return 'empty';
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list';
  if (typeof value === 'object') return 'a map';
  const text = JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}

/** A path as people write it: sets.minimal.services[0]. */
export function nameOf(path: YamlPath): string {
  return path.map((part, index) => (typeof part === 'number' ? `[${part}]` : `${index === 0 ? '' : '.'}${part}`)).join('');
}

function valueAt(value: unknown, path: YamlPath): unknown {
  return path.reduce<unknown>((inner, part) => (typeof inner === 'object' && inner !== null ? (inner as Record<string | number, unknown>)[part] : undefined), value);
}

type Definition = {
  readonly type: string;
  readonly shape?: Readonly<Record<string, z.ZodType>>;
  readonly innerType?: z.ZodType;
  readonly valueType?: z.ZodType;
  readonly element?: z.ZodType;
  readonly in?: z.ZodType;
  readonly options?: readonly z.ZodType[];
};

/** The keys that an object at a path may have. */
function keysAt(schema: z.ZodType | undefined, path: YamlPath): string[] {
  const definition = schema?.def as unknown as Definition | undefined;
  switch (definition?.type) {
    case 'object': {
      const [part, ...rest] = path;
      return part === undefined ? Object.keys(definition.shape ?? {}) : keysAt(definition.shape?.[part], rest);
    }
    case 'record':
      return keysAt(definition.valueType, path.slice(1));
    case 'array':
      return keysAt(definition.element, path.slice(1));
    case 'union':
      return definition.options?.flatMap((option) => keysAt(option, path)) ?? [];
    case 'pipe':
      return keysAt(definition.in, path);
    default:
      return definition?.innerType ? keysAt(definition.innerType, path) : [];
  }
}
