import { isAlias, isMap, isPair, isScalar, isSeq, parseDocument, type Document, type Pair, type YAMLMap, type YAMLSeq } from 'yaml';

/** The text with one more item, and the line that it stands on. */
export type Added = { readonly text: string; readonly line: number };

/**
 * Adds a text to the list at a path of maps, which are made where they are missing. Everything else stays as it was written: comments, order, quotes,
 * spaces. Where the file's own way of writing does not allow that, the whole is written anew, with its comments. Pure.
 */
export function addToList(text: string, path: readonly string[], item: string): Added {
  const document = parseDocument(text);
  const expected = JSON.stringify(withItem(document.clone() as Document.Parsed, path, item).toJS());
  const spliced = splice(text, document, path, item);
  const result = spliced !== undefined && isSame(spliced, expected) ? spliced : withItem(document, path, item).toString({ lineWidth: 0 });
  return { text: result, line: lineOf(result, path, item) };
}

function withItem(document: Document.Parsed, path: readonly string[], item: string): Document.Parsed {
  for (let depth = 1; depth < path.length; depth++) {
    const empty = document.getIn(path.slice(0, depth), true);
    if (!isScalar(empty) || empty.value !== null) continue;
    const map = Object.assign(document.createNode({}), { comment: empty.comment ?? null, commentBefore: empty.commentBefore ?? null });
    document.setIn(path.slice(0, depth), map);
  }
  const list = document.getIn(path, true);
  if (isSeq(list)) list.add(document.createNode(item));
  else document.setIn(path, document.createNode([item]));
  return document;
}

function isSame(text: string, expected: string): boolean {
  const document = parseDocument(text);
  return document.errors.length === 0 && JSON.stringify(document.toJS()) === expected;
}

/** Puts what is missing into the deepest collection of the path that is there. */
function splice(text: string, document: Document.Parsed, path: readonly string[], item: string): string | undefined {
  let node: unknown = document.contents;
  let depth = 0;
  for (; depth < path.length && isMap(node); depth++) {
    const next: unknown = node.get(path[depth], true);
    if (next === undefined || next === null) break;
    node = next;
  }
  if (isAlias(node) || (!isMap(node) && !isSeq(node)) || !node.range || (isSeq(node) && depth < path.length)) return undefined;
  const rest = path.slice(depth);
  return node.flow ? intoFlow(text, node, flowText(rest, item)) : intoBlock(text, node, rest, item);
}

type Collection = YAMLMap | YAMLSeq;

/** `[a, b]` and `{ a: b }`: before what closes it. */
function intoFlow(text: string, { range, items }: Collection, added: string): string | undefined {
  if (!range) return undefined;
  const closing = range[1] - 1;
  const last = items.at(-1);
  const end = isPair(last) ? rangeEnd(last.value) ?? rangeEnd(last.key) : rangeEnd(last);
  if (end === undefined) return `${text.slice(0, closing)}${added}${text.slice(closing)}`;
  return `${text.slice(0, end)}, ${added}${text.slice(end)}`;
}

/** One line or more below the last, as deep as the others. */
function intoBlock(text: string, node: Collection, rest: readonly string[], item: string): string | undefined {
  const first = node.items[0];
  const start = isPair(first) ? (first as Pair).key : first;
  const [offset] = (isScalar(start) || isMap(start) || isSeq(start)) && start.range ? start.range : [];
  if (offset === undefined) return undefined;
  const lineStart = text.lastIndexOf('\n', offset - 1) + 1;
  const indentation = isSeq(node) ? text.slice(lineStart, offset).replace(/-\s*$/, '') : text.slice(lineStart, offset);
  if (indentation.trim() !== '') return undefined;
  const lines = isSeq(node) ? [`${indentation}- ${scalar(item)}`] : blockLines(rest, item, indentation);
  const end = endOfContent(text, node);
  const before = text.slice(0, end);
  const newline = text.includes('\r\n') ? '\r\n' : '\n';
  return `${before}${before.endsWith('\n') || before === '' ? '' : newline}${lines.join(newline)}${newline}${text.slice(end)}`;
}

/** The start of the line after the last one that the collection itself stands on: comments that follow belong to what follows. */
function endOfContent(text: string, node: unknown): number {
  const last = lastOffset(node);
  const newline = text.indexOf('\n', Math.max(last - 1, 0));
  return newline === -1 ? text.length : newline + 1;
}

/** Where the last scalar or closing bracket inside ends. */
function lastOffset(node: unknown): number {
  if ((isMap(node) || isSeq(node)) && !node.flow) {
    const last: unknown = node.items.at(-1);
    if (isPair(last)) return Math.max(rangeEnd(last.key) ?? 0, lastOffset(last.value));
    return lastOffset(last);
  }
  return rangeEnd(node) ?? 0;
}

function rangeEnd(node: unknown): number | undefined {
  const range = (node as { readonly range?: readonly [number, number, number] | null } | null | undefined)?.range;
  return range?.[1];
}

function flowText([key, ...rest]: readonly string[], item: string): string {
  if (key === undefined) return scalar(item);
  return rest.length === 0 ? `${scalar(key)}: [${scalar(item)}]` : `${scalar(key)}: { ${flowText(rest, item)} }`;
}

function blockLines([key = '', ...rest]: readonly string[], item: string, indentation: string): string[] {
  if (rest.length === 0) return [`${indentation}${scalar(key)}: [${scalar(item)}]`];
  return [`${indentation}${scalar(key)}:`, ...blockLines(rest, item, `${indentation}  `)];
}

/** Quoted where YAML would take it for something else than text. */
function scalar(text: string): string {
  return /^[A-Za-z_][\w./-]*$/.test(text) && !/^(true|false|null|yes|no|on|off|y|n)$/i.test(text) ? text : JSON.stringify(text);
}

function lineOf(text: string, path: readonly string[], item: string): number {
  const list = parseDocument(text).getIn(path, true);
  const node = isSeq(list) ? list.items.findLast((one) => isScalar(one) && one.value === item) : undefined;
  const offset = isScalar(node) ? (node.range?.[0] ?? 0) : 0;
  return text.slice(0, offset).split('\n').length;
}
