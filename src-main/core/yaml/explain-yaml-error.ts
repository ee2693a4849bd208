import { isMap, isScalar, isSeq, visit, type Document, type YAMLError } from 'yaml';
import type { Where } from '#contract/errors.ts';

/** One of several faults of a file. */
export type Fault = { readonly message: string; readonly where: Where; readonly fix?: string };

type WhereAt = (offset: number) => Where;

/** A syntax error in words, at the place that must be changed: where a quote opens rather than where the file ends. */
export function explainYamlError(error: YAMLError, document: Document.Parsed, whereAt: WhereAt): Fault {
  const [offset] = error.pos;
  const where = whereAt(offset);
  switch (error.code) {
    case 'TAB_AS_INDENT':
      return { message: 'A tab stands where spaces belong', where, fix: 'Indent with spaces.' };
    case 'DUPLICATE_KEY': {
      const { key, first } = firstOfDuplicate(document, offset);
      const before = first === undefined ? '' : ` (first in line ${whereAt(first).line}, column ${whereAt(first).column})`;
      return { message: `The key "${key}" is here twice${before}`, where, fix: 'Keep one of them.' };
    }
    case 'MULTIPLE_DOCS':
      return { message: 'A second document begins here', where, fix: 'Take out the "---" line: the file is one document.' };
    case 'BAD_SCALAR_START':
      return { message: error.message, where, fix: 'Put the value in quotes.' };
    case 'BLOCK_AS_IMPLICIT_KEY':
    case 'MULTILINE_IMPLICIT_KEY':
      return { message: 'A key stands where only a value can', where, fix: 'Indent it below its own line, or put the value in quotes.' };
    case 'MISSING_CHAR':
    case 'BAD_INDENT':
      return explainUnclosed(error, document, whereAt);
    default:
      return { message: error.message.replace(/\.?$/, ''), where };
  }
}

function explainUnclosed(error: YAMLError, document: Document.Parsed, whereAt: WhereAt): Fault {
  const [offset] = error.pos;
  const closing = /closing (["'])|end with an? ([\]}])/.exec(error.message);
  const opening = closing && openingBefore(document, offset, closing[1] ?? (closing[2] === ']' ? '[' : '{'));
  if (!closing || typeof opening !== 'number') return { message: error.message.replace(/\.?$/, ''), where: whereAt(offset) };
  const missing = closing[1] ?? closing[2] ?? '';
  return { message: `What opens here is never closed with ${missing}`, where: whereAt(opening), fix: `Write the closing ${missing}.` };
}

/** Where the innermost quoted text, list or map that reaches up to an offset begins. */
function openingBefore(document: Document.Parsed, offset: number, opening: string): number | undefined {
  let found: number | undefined;
  visit(document, {
    Node(_key, node) {
      const [start, end] = node.range ?? [];
      if (start === undefined || end === undefined || start > offset || end < offset - 1) return;
      const opens =
        (opening === '"' && isScalar(node) && node.type === 'QUOTE_DOUBLE') ||
        (opening === "'" && isScalar(node) && node.type === 'QUOTE_SINGLE') ||
        (opening === '[' && isSeq(node) && node.flow === true) ||
        (opening === '{' && isMap(node) && node.flow === true);
      if (opens) found = start;
    },
  });
  return found;
}

function firstOfDuplicate(document: Document.Parsed, offset: number): { readonly key: string; readonly first?: number } {
  let key = '';
  let first: number | undefined;
  visit(document, {
    Map(_key, map) {
      const second = map.items.find((item) => isScalar(item.key) && item.key.range?.[0] === offset)?.key;
      if (!isScalar(second)) return;
      key = String(second.value);
      const earlier = map.items.find((item) => isScalar(item.key) && item.key.value === second.value)?.key;
      first = isScalar(earlier) ? earlier.range?.[0] : undefined;
      return visit.BREAK;
    },
  });
  return { key, ...(first !== undefined && { first }) };
}
