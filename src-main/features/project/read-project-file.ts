import { BacklotError } from '#contract/errors.ts';
import { decodeSource } from '#core/yaml/decode-source.ts';
import { readYaml, type YamlPath, type YamlSource } from '#core/yaml/read-yaml.ts';
import { interpolate, InterpolationFault } from './interpolate.ts';
import { MINIMAL_FILE, ProjectFileSchema, type ProjectFile } from './project-schema.ts';
import { schemaFaults, type Fault } from './schema-faults.ts';

type Variables = Readonly<Record<string, string | undefined>>;

/** A project file as YAML, its variables filled in, not yet checked. */
export type ProjectSource = { readonly yaml: YamlSource; readonly warnings: readonly string[]; /** As it stands in the file, its variables not filled in. */ readonly written: () => unknown };

/** The YAML of a project file, with its variables filled in. `variables` is asked only where the file has a dollar sign. */
export function readProjectSource(bytes: Uint8Array, file: string, variables: () => Variables): ProjectSource {
  const name = { file, code: 'config-invalid' as const };
  const text = decodeSource(bytes, name);
  const faults: Fault[] = [];
  const warnings: string[] = [];
  const known = text.includes('$') ? variables() : {};
  const yaml = readYaml(text, name, (scalar, plain, where, keys) => {
    try {
      const filled = interpolate(scalar, known);
      warnings.push(...filled.unset.map((variable) => unsetWarning(variable, `${where.file}:${where.line}:${where.column}`)));
      const [misplaced] = mayRefer(keys) ? [] : filled.references;
      if (misplaced !== undefined) throw new InterpolationFault(`\${${misplaced}} has no meaning here`, 'Properties of services are for the environment of a set; write $$ for a dollar sign.');
      return plain ? retype(filled.text) : filled.text;
    } catch (error) {
      if (!(error instanceof InterpolationFault)) throw error;
      faults.push({ message: error.message, where, fix: error.fix });
      return scalar;
    }
  });
  throwFaults(faults);
  if (yaml.value === null || yaml.value === undefined) throw emptyFile(file);
  return { yaml, warnings, written: () => readYaml(text, name).value };
}

/** A value as a file has it, with its variables filled in, and which of them are not set. A value of the file's own would have been checked when it was read. */
export function fillIn(written: unknown, variables: Variables, isPlain: boolean): { readonly value: unknown; readonly unset: readonly string[] } {
  const unset = new Set<string>();
  const fill = (value: unknown): unknown => {
    if (typeof value === 'string') {
      if (!value.includes('$')) return value;
      const filled = interpolate(value, variables);
      for (const variable of filled.unset) unset.add(variable);
      return isPlain ? retype(filled.text) : filled.text;
    }
    if (Array.isArray(value)) return value.map(fill);
    return typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, fill(inner)])) : value;
  };
  return { value: fill(written), unset: [...unset] };
}

/** In the environment of a set, and in what people keep for it below keys of their own. */
function mayRefer([first = '', , third]: readonly string[]): boolean {
  return (first === 'sets' && third === 'environment') || first.startsWith('x-');
}

/** The checked contents. Fails with every fault at once. */
export function checkProjectFile({ yaml }: ProjectSource): ProjectFile {
  const first = ProjectFileSchema.safeParse(yaml.value);
  if (first.success) return first.data;
  const parsed = ProjectFileSchema.safeParse(without(yaml.value, extensionPaths(first.error.issues)));
  if (parsed.success) return parsed.data;
  throwFaults(schemaFaults(parsed.error.issues, yaml, ProjectFileSchema));
  throw parsed.error;
}

/** Throws the first fault with the others beside it; does nothing where there are none. */
export function throwFaults(faults: readonly Fault[]): void {
  const sorted = [...faults].sort((a, b) => (a.where.line ?? 0) - (b.where.line ?? 0) || (a.where.column ?? 0) - (b.where.column ?? 0));
  const [first, ...also] = sorted;
  if (first) throw new BacklotError('config-invalid', first.message, { where: first.where, fix: first.fix, ...(also.length > 0 && { also }) });
}

function emptyFile(file: string): BacklotError {
  return new BacklotError('config-invalid', 'The file is empty', {
    where: { file, line: 1, column: 1 },
    fix: `The least that it says is:\n${MINIMAL_FILE.trimEnd()}\nbacklot init --force writes a good one.`,
  });
}

function unsetWarning(variable: string, place: string): string {
  return `${place}: the variable ${variable} is not set, so it is empty; write \${${variable}:-default}, or $$${variable} to keep the dollar sign`;
}

/** What a value without quotes means, once its variables are filled in. */
function retype(text: string): unknown {
  if (/^[-+]?(0|[1-9]\d*)$/.test(text) || /^[-+]?\d+\.\d+$/.test(text)) return Number(text);
  if (/^(true|false)$/i.test(text)) return text.toLowerCase() === 'true';
  return text;
}

function without(value: unknown, paths: readonly YamlPath[]): unknown {
  const copy = structuredClone(value);
  for (const path of paths) {
    const parent = path.slice(0, -1).reduce<unknown>((inner, part) => (inner as Record<string | number, unknown> | undefined)?.[part], copy);
    if (typeof parent === 'object' && parent !== null) delete (parent as Record<string | number, unknown>)[path.at(-1) ?? ''];
  }
  return copy;
}

type Issues = NonNullable<ReturnType<typeof ProjectFileSchema.safeParse>['error']>['issues'];

/** Keys that begin with "x-" where the schema has fixed keys; elsewhere they are names that people chose. */
function extensionPaths(issues: Issues, above: YamlPath = []): YamlPath[] {
  return issues.flatMap((issue): YamlPath[] => {
    const path = [...above, ...issue.path] as YamlPath;
    if (issue.code === 'unrecognized_keys') return issue.keys.filter((key) => key.startsWith('x-')).map((key) => [...path, key]);
    if (issue.code === 'invalid_union') return issue.errors.flatMap((branch) => extensionPaths(branch as Issues, path));
    return [];
  });
}
