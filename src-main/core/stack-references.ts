import { isMap, isScalar, isSeq, parseDocument } from 'yaml';

/** A file that a stack file names, and where in the text. */
type StackReference = { readonly path: string; readonly start: number; readonly end: number };

/** The files of environments, configurations and secrets that a stack file names, from its end to its beginning. Folders that are mounted are none. Pure. */
export function stackReferences(text: string): StackReference[] {
  const document = parseDocument(text, { logLevel: 'silent' });
  const root: unknown = document.contents;
  if (document.errors.length > 0 || !isMap(root)) return [];
  // What services have in common stands in extensions, which they merge.
  const common = root.items.flatMap(({ key, value }) => (isScalar(key) && String(key.value).startsWith('x-') ? [value, ...valuesOf(value)] : []));
  const files = ['configs', 'secrets'].flatMap((key) => valuesOf(root.get(key)));
  const named = [...filesIn([...valuesOf(root.get('services')), ...common], 'env_file'), ...filesIn(files, 'file')];
  return named.sort((one, other) => other.start - one.start);
}

const valuesOf = (node: unknown): unknown[] => (isMap(node) ? node.items.map(({ value }) => value) : []);
const filesIn = (nodes: readonly unknown[], key: string) => nodes.flatMap((node) => (isMap(node) ? pathsIn(node.get(key, true)) : []));

function pathsIn(node: unknown): StackReference[] {
  if (isSeq(node)) return node.items.flatMap(pathsIn);
  if (!isScalar(node) || typeof node.value !== 'string' || !node.range) return [];
  return [{ path: node.value, start: node.range[0], end: node.range[1] }];
}
