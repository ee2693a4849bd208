import { isAlias, isCollection, isMap, isNode, isPair, isScalar, isSeq, LineCounter, parseDocument, Scalar, visit, type Document, type Node } from 'yaml';
import { BacklotError, type Where } from '#contract/errors.ts';
import type { SourceName } from './decode-source.ts';
import { explainYamlError } from './explain-yaml-error.ts';
import { refuseDeep } from './refuse-deep.ts';

export type YamlPath = readonly (string | number)[];

/** What a YAML text says, and where it says it. */
export type YamlSource = {
  readonly file: string;
  readonly value: unknown;
  /** Where the value at a path begins; where there is none, its nearest ancestor. */
  whereIs(path: YamlPath): Where;
  /** Where the key at a path begins. */
  whereIsKey(path: YamlPath): Where;
};

/** Changes a string of the file before it becomes a value. `plain` is one that stands there without quotes; `keys` are the ones above it. */
export type ChangeScalar = (text: string, plain: boolean, where: Where, keys: readonly string[]) => unknown;

/** How many values aliases may add to those that are written. Compose takes seconds for so many; the largest published files have a tenth of it. */
const ALIAS_LIMIT = 100_000;

/** Reads one YAML 1.2 document. Fails with every fault at once, each with its place. Never ends the process, whatever the text. */
export function readYaml(text: string, name: SourceName, change?: ChangeScalar): YamlSource {
  refuseDeep(text, name);
  const lines = new LineCounter();
  const document = parseDocument(text, { version: '1.2', merge: true, uniqueKeys: true, strict: true, prettyErrors: false, logLevel: 'error', lineCounter: lines });
  const whereAt = (offset: number): Where => {
    const { line, col } = lines.linePos(offset);
    return { file: name.file, line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  refuseFaults(document, name, whereAt);
  if (change) changeScalars(document, change, whereAt);
  const whereOf = (node: unknown) => (hasRange(node) ? whereAt(node.range[0]) : undefined);
  const whereIs = (path: YamlPath): Where => {
    for (let length = path.length; length > 0; length--) {
      const where = whereOf(nodeAt(document, path.slice(0, length)));
      if (where) return where;
    }
    return whereOf(document.contents) ?? { file: name.file, line: 1, column: 1 };
  };
  return {
    file: name.file,
    value: valueOf(document, name, whereAt),
    whereIs,
    whereIsKey: (path) => whereOf(keyAt(document, path)) ?? whereIs(path),
  };
}

function refuseFaults(document: Document.Parsed, { code }: SourceName, whereAt: (offset: number) => Where): void {
  const faults = document.errors.map((error) => explainYamlError(error, document, whereAt));
  const anchors = new Map<string, Node>();
  const sources = new Map<unknown, Node | undefined>();
  const merges: { readonly key: Node; readonly value: unknown }[] = [];
  visit(document, {
    Pair(_key, { key, value }) {
      if (isMergeKey(key)) merges.push({ key, value });
    },
    Node(_key, node) {
      if (!isAlias(node) && node.anchor) anchors.set(node.anchor, node);
    },
    Alias(_key, alias) {
      const offset = alias.range?.[0] ?? 0;
      const source = anchors.get(alias.source);
      sources.set(alias, source);
      if (!source) faults.push({ message: `There is no anchor &${alias.source} before this alias`, where: whereAt(offset), fix: `Write &${alias.source} at the value that it should repeat.` });
      else if (hasRange(source) && offset < source.range[2]) {
        faults.push({ message: `The alias *${alias.source} stands inside the value that it repeats`, where: whereAt(offset), fix: 'Take it out: a value cannot hold itself.' });
      }
    },
  });
  const written = (node: unknown) => (isAlias(node) ? sources.get(node) : node);
  for (const { key, value } of merges) {
    const source = written(value);
    const wrong = (isSeq(source) ? source.items : [source]).find((item) => !isMap(written(item)));
    if (wrong === undefined) continue;
    const place = [isSeq(source) ? wrong : value, key].find(hasRange);
    faults.push({ message: 'What << merges is not a map', where: whereAt(place?.range[0] ?? 0), fix: 'Write an alias of a map (*name), a map, or a list of these.' });
  }
  const [first, ...also] = faults;
  if (first) throw new BacklotError(code, first.message, { where: first.where, fix: first.fix, ...(also.length > 0 && { also: also.slice(0, 20) }) });
}

function changeScalars(document: Document.Parsed, change: ChangeScalar, whereAt: (offset: number) => Where): void {
  visit(document, {
    Scalar(key, node, ancestors) {
      if (key === 'key' || typeof node.value !== 'string' || !node.value.includes('$')) return;
      node.value = change(node.value, node.type === Scalar.PLAIN, whereAt(node.range?.[0] ?? 0), ancestors.flatMap((above) => (isPair(above) ? [keyText(above.key) ?? ''] : [])));
    },
  });
}

function valueOf(document: Document.Parsed, { file, code }: SourceName, whereAt: (offset: number) => Where): unknown {
  if (addedByAliases(document) <= ALIAS_LIMIT) return document.toJS({ maxAliasCount: -1 });
  let first: Where = { file };
  visit(document, {
    Alias(_key, alias) {
      first = whereAt(alias.range?.[0] ?? 0);
      return visit.BREAK;
    },
  });
  throw new BacklotError(code, 'The aliases of the file repeat each other too often', { where: first, fix: 'Write the values out where they are needed.' });
}

/** How many more values the document has once its aliases are written out. Each node is looked at once, however often it is repeated. */
function addedByAliases(document: Document.Parsed): number {
  const sizes = new Map<string, number>();
  let written = 0;
  const sizeOf = (node: unknown): number => {
    written++;
    if (isAlias(node)) return sizes.get(node.source) ?? 1;
    if (isPair(node)) return 1 + sizeOf(node.key) + sizeOf(node.value);
    const size = isCollection(node) ? node.items.reduce((sum: number, item) => sum + sizeOf(item), 1) : 1;
    if (isNode(node) && node.anchor !== undefined) sizes.set(node.anchor, size);
    return size;
  };
  const whole = sizeOf(document.contents);
  return whole - written;
}

function nodeAt(document: Document.Parsed, path: YamlPath): unknown {
  let node: unknown = document.contents;
  for (const part of path) {
    if (isAlias(node)) node = node.resolve(document);
    if (!isCollection(node)) return undefined;
    node = isMap(node) ? node.items.find(({ key }) => keyText(key) === String(part))?.value : node.get(Number(part), true);
  }
  return node ?? undefined;
}

function keyAt(document: Document.Parsed, path: YamlPath): unknown {
  let parent = nodeAt(document, path.slice(0, -1));
  if (path.length === 1) parent = document.contents;
  if (isAlias(parent)) parent = parent.resolve(document);
  return isMap(parent) ? parent.items.find(({ key }) => keyText(key) === String(path.at(-1)))?.key : undefined;
}

/** What the library merges by: "<<" without quotes, whatever its tag. */
function isMergeKey(key: unknown): key is Scalar {
  return isScalar(key) && (typeof key.value === 'symbol' || (key.value === '<<' && key.type === Scalar.PLAIN));
}

function keyText(key: unknown): string | undefined {
  return isScalar(key) ? String(key.value) : undefined;
}

function hasRange(node: unknown): node is { range: readonly [number, number, number] } {
  return typeof node === 'object' && node !== null && Array.isArray((node as { range?: unknown }).range);
}
