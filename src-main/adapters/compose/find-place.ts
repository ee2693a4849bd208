import { isMap, isScalar, isSeq, LineCounter, parseDocument, type Node } from 'yaml';
import type { Where } from '#contract/errors.ts';
import type { ComposeSource } from './read-sources.ts';

/** Where the last file that has a path has it; the nearest ancestor where none has it whole. */
export function placeOf(at: readonly string[], sources: readonly ComposeSource[], ofKey = false): Where | undefined {
  for (let length = at.length; length > 0; length--) {
    for (const source of [...sources].reverse()) {
      const { contents, whereAt } = documentOf(source);
      const node = nodeAt(contents, at.slice(0, length), ofKey || length < at.length);
      if (node?.range) return { file: source.file, ...whereAt(node.range[0]) };
    }
  }
  return undefined;
}

/** Where a name stands in a list or as a key of a map. */
export function itemOf(at: readonly string[], name: string, sources: readonly ComposeSource[]): Where | undefined {
  for (const source of [...sources].reverse()) {
    const { contents, whereAt } = documentOf(source);
    const list = nodeAt(contents, at, false);
    const item = isSeq(list) ? (list.items.find((entry) => isScalar(entry) && entry.value === name) as Node | undefined) : nodeAt(list, [name], true);
    if (item?.range) return { file: source.file, ...whereAt(item.range[0]) };
  }
  return placeOf(at, sources);
}

/** The keys of the map at a path, in all files. */
export function namesBelow(at: readonly string[], sources: readonly ComposeSource[]): string[] {
  const names = sources.flatMap((source) => {
    const map = nodeAt(documentOf(source).contents, at, false);
    return isMap(map) ? map.items.flatMap(({ key }) => (isScalar(key) ? [String(key.value)] : [])) : [];
  });
  return [...new Set(names)];
}

/** Where a text first stands. */
export function textPlace(text: string, sources: readonly ComposeSource[]): Where | undefined {
  for (const source of sources) {
    const index = text === '' ? -1 : source.text.indexOf(text);
    if (index === -1) continue;
    const before = source.text.slice(0, index);
    return { file: source.file, line: before.split('\n').length, column: index - before.lastIndexOf('\n') };
  }
  return undefined;
}

function documentOf({ text }: ComposeSource): { readonly contents: unknown; whereAt(offset: number): { line: number; column: number } } {
  const lines = new LineCounter();
  const document = parseDocument(text, { strict: false, uniqueKeys: false, merge: true, logLevel: 'silent', prettyErrors: false, lineCounter: lines });
  return { contents: document.contents, whereAt: (offset) => ({ line: lines.linePos(offset).line, column: lines.linePos(offset).col }) };
}

function nodeAt(contents: unknown, at: readonly string[], ofKey: boolean): Node | undefined {
  let node = contents as Node | null | undefined;
  for (const [index, part] of at.entries()) {
    const pair = isMap(node) ? node.items.find(({ key }) => isScalar(key) && String(key.value) === part) : undefined;
    const last = index === at.length - 1;
    if (pair) node = last && (ofKey || !pair.value) ? (pair.key as Node) : (pair.value as Node | null);
    else if (isSeq(node) && /^\d+$/.test(part)) node = node.items[Number(part)] as Node | undefined;
    else return undefined;
  }
  return node ?? undefined;
}
