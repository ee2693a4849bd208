import { nearest } from '#core/nearest.ts';
import type { YamlPath, YamlSource } from '#core/yaml/read-yaml.ts';
import { nameOf, type Fault } from './schema-faults.ts';

type Mention = {
  readonly kind: 'service' | 'profile' | 'stage' | 'fixture' | 'target';
  readonly name: string;
  readonly path: YamlPath;
  /** The name stands there as a key, not as a value. */
  readonly isKey?: boolean;
};

/** Adds a fault, with the nearest known name, where a name is not known. */
export function expectKnown({ kind, name, path, isKey }: Mention, known: readonly string[], { yaml, faults }: { readonly yaml: YamlSource; readonly faults: Fault[] }): void {
  if (known.includes(name)) return;
  const suggestion = nearest(name, known);
  const list = known.length === 0 ? `There are no ${kind}s.` : `The ${kind}s are: ${known.join(', ')}.`;
  faults.push({
    message: `${nameOf(path.slice(0, 3))}: there is no ${kind} ${JSON.stringify(name)}`,
    where: isKey ? yaml.whereIsKey(path) : yaml.whereIs(path),
    fix: suggestion ? `Did you mean ${suggestion}? ${list}` : list,
  });
}
