import { isAlias, isMap, isScalar, isSeq, parseDocument, type Document } from 'yaml';

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
  const named = [...filesIn([...valuesOf(root.get('services')), ...common], 'env_file', document), ...filesIn(files, 'file', document)];
  // An anchor is there once, however many services name it.
  return [...new Map(named.map((one) => [one.start, one])).values()].sort((one, other) => other.start - one.start);
}

const valuesOf = (node: unknown): unknown[] => (isMap(node) ? node.items.map(({ value }) => value) : []);
const filesIn = (nodes: readonly unknown[], key: string, document: Document) => nodes.flatMap((node) => (isMap(node) ? pathsIn(node.get(key, true), document) : []));

function pathsIn(node: unknown, document: Document): StackReference[] {
  if (isAlias(node)) return pathsIn(node.resolve(document), document);
  if (isSeq(node)) return node.items.flatMap((item) => pathsIn(item, document));
  if (!isScalar(node) || typeof node.value !== 'string' || !node.range) return [];
  return [{ path: node.value, start: node.range[0], end: node.range[1] }];
}
