import type { YamlPath, YamlSource } from '#core/yaml/read-yaml.ts';
import { expectKnown } from './expect-known.ts';
import { assertName, expandPattern, NameFault } from './names.ts';
import type { ProjectFile } from './project-schema.ts';
import type { Fault } from './schema-faults.ts';

/** One checked `backlot.yaml`: the project's own, or that of a component. */
export type Declaration = { readonly file: ProjectFile; readonly yaml: YamlSource };

/** The project's own file first, then those of its components. */
export type Declarations = readonly [Declaration, ...Declaration[]];

export type NamesOf = Readonly<Record<string, readonly string[]>>;

/** The aliases of each service, expanded, of all files together. Adds a fault for each that is no name. */
export function aliasesOf(declarations: readonly Declaration[], known: readonly string[], faults: Fault[]): Record<string, string[]> {
  const result: Record<string, string[]> = {};
  for (const { file, yaml } of declarations) {
    for (const [service, patterns] of Object.entries(file.names?.aliases ?? {})) {
      expectKnown({ kind: 'service', name: service, path: ['names', 'aliases', service], isKey: true }, known, { yaml, faults });
      const names = patterns.flatMap((pattern, index) => expandAt(pattern, ['names', 'aliases', service, index], { yaml, faults }));
      result[service] = [...new Set([...(Object.hasOwn(result, service) ? (result[service] ?? []) : []), ...names])];
    }
  }
  return result;
}

/** The services of each group, by each of its names, of all files together. */
export function groupsOf(declarations: readonly Declaration[], known: readonly string[], faults: Fault[]): Record<string, string[]> {
  const result: Record<string, string[]> = {};
  for (const { file, yaml } of declarations) {
    for (const [pattern, services] of Object.entries(file.names?.groups ?? {})) {
      services.forEach((name, index) => expectKnown({ kind: 'service', name, path: ['names', 'groups', pattern, index] }, known, { yaml, faults }));
      for (const name of expandAt(pattern, ['names', 'groups', pattern], { yaml, faults }, true)) {
        result[name] = [...new Set([...(Object.hasOwn(result, name) ? (result[name] ?? []) : []), ...services])];
      }
    }
  }
  return result;
}

/** The names that a pattern of the file stands for; none, and a fault with its place, where it is not right. */
export function expandAt(pattern: string, path: YamlPath, { yaml, faults }: { readonly yaml: YamlSource; readonly faults: Fault[] }, isKey = false): string[] {
  try {
    return expandPattern(pattern);
  } catch (error) {
    if (!(error instanceof NameFault)) throw error;
    const where = isKey ? yaml.whereIsKey(path) : yaml.whereIs(path);
    const above = path.filter((part) => typeof part === 'string' && !(isKey && part === pattern));
    faults.push({ message: `${above.join('.')}: ${error.message}`, where, fix: 'Write a name such as pg-main, or a pattern such as "pg-main-node-{1..2}".' });
    return [];
  }
}

/** The suffixes of all files together, and what speaks against some of them. */
export function suffixesOf(declarations: readonly Declaration[], faults: Fault[]): { readonly suffixes: string[]; readonly warnings: string[] } {
  const suffixes = new Set<string>();
  const warnings: string[] = [];
  for (const { file, yaml } of declarations) {
    file.names?.suffixes?.forEach((suffix, index) => {
      const where = yaml.whereIs(['names', 'suffixes', index]);
      try {
        assertName(suffix);
      } catch (error) {
        if (!(error instanceof NameFault)) throw error;
        faults.push({ message: `names.suffixes: ${error.message}`, where, fix: 'Write a domain such as us-east-1.shop.example.' });
        return;
      }
      const risk = suffixes.has(suffix) ? undefined : riskOf(suffix.toLowerCase());
      if (risk !== undefined) warnings.push(`${where.file}:${where.line}:${where.column}: the suffix ${suffix} ${risk}`);
      suffixes.add(suffix);
    });
  }
  return { suffixes: [...suffixes], warnings };
}

/** Public registries below country domains: a suffix such as co.uk is as much everybody's as com is. */
const SECOND_LEVEL = /^(ac|co|com|edu|gob|gov|gouv|govt|mil|ne|net|nom|or|org|sch)\.[a-z]{2}$/;

function riskOf(suffix: string): string | undefined {
  if (suffix === 'localhost' || suffix.endsWith('.localhost')) return 'always means this machine itself: many programs never ask anybody for such names';
  if (suffix === 'local' || suffix.endsWith('.local')) return 'is that of multicast DNS (.local): many programs never ask a name server for such names';
  if (!suffix.includes('.') || SECOND_LEVEL.test(suffix)) return 'is a whole top-level domain: everything below it that nobody here owns would count as production; write one of your own below it';
  return undefined;
}
