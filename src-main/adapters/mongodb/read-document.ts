import { BacklotError } from '#contract/errors.ts';
import type { Path } from './paths.ts';
import { ARRAY, BINARY, BOOLEAN, CODE, DATE, DECIMAL, DOCUMENT, DOUBLE, GREATEST, INT, isBare, LEAST, LONG, NULL, OBJECT_ID, POINTER, REGULAR_EXPRESSION, SCOPED_CODE, SYMBOL, TEXT, TIMESTAMP, UNDEFINED, type ValueKind } from './value-kinds.ts';

/** How a document is built, without a value: a value's kind; what a document has (0) or an array (1), names in front of what a document has. */
export type Shape = ValueKind | readonly [0 | 1, ...(Shape | string)[]];

/** Told of each value, in the order in which they stand. */
export type OnValue = (place: { readonly path: Path; readonly kind: ValueKind; readonly inArray: boolean }, from: number, to: number) => void;

const DEEPEST = 200;
const SIZES: Readonly<Record<number, number>> = { [DOUBLE]: 8, [UNDEFINED]: 0, [OBJECT_ID]: 12, [BOOLEAN]: 1, [DATE]: 8, [NULL]: 0, [INT]: 4, [TIMESTAMP]: 8, [LONG]: 8, [DECIMAL]: 16, [GREATEST]: 0, [LEAST]: 0 };

/** Takes a document of BSON apart. Whatever in it is not as it should be ends in `source-failed`. */
export function readDocument(bytes: Buffer, root: Path, onValue: OnValue): Shape {
  return readParts({ bytes, from: 0, type: DOCUMENT, path: root, inArray: false, depth: 0 }, onValue);
}

type Part = { readonly bytes: Buffer; readonly from: number; readonly type: number; readonly path: Path; readonly inArray: boolean; readonly depth: number };

function readParts({ bytes, from, type, path, inArray, depth }: Part, onValue: OnValue): Shape {
  if (depth > DEEPEST) throw broken('nests too deeply');
  const end = from + lengthAt(bytes, from, 5) - 1;
  if (bytes[end] !== 0) throw broken('does not end where it should');
  const isArray = type === ARRAY;
  const shape: (Shape | string)[] = [];
  let at = from + 4;
  while (at < end) {
    const own = bytes[at] ?? 0;
    const nameEnd = bytes.indexOf(0, at + 1);
    if (nameEnd === -1 || nameEnd >= end) throw broken('has a name without an end');
    const name = isArray ? '' : bytes.toString('latin1', at + 1, nameEnd);
    const next = isArray ? path : path.child(name);
    at = nameEnd + 1;
    const length = sizeAt(own, bytes, at);
    if (at + length > end) throw broken('is shorter than it says');
    if (!isArray) shape.push(name);
    if (own === DOCUMENT || own === ARRAY) shape.push(readParts({ bytes, from: at, type: own, path: next, inArray: inArray || own === ARRAY, depth: depth + 1 }, onValue));
    else {
      const kind = own === BINARY ? own | ((bytes[at + 4] ?? 0) << 8) : own;
      shape.push(kind);
      if (!isBare(kind)) onValue({ path: next, kind, inArray }, at, at + length);
    }
    at += length;
  }
  if (at !== end) throw broken('does not end where it should');
  return [isArray ? 1 : 0, ...shape];
}

function sizeAt(type: number, bytes: Buffer, at: number): number {
  const known = SIZES[type];
  if (known !== undefined) return known;
  switch (type) {
    case TEXT:
    case CODE:
    case SYMBOL: {
      const length = lengthAt(bytes, at, 1);
      if (bytes[at + 3 + length] !== 0) throw broken('has a text without an end');
      return 4 + length;
    }
    case DOCUMENT:
    case ARRAY:
    case SCOPED_CODE:
      return lengthAt(bytes, at, 5);
    case BINARY:
      return 5 + lengthAt(bytes, at, 0);
    case POINTER:
      return 4 + lengthAt(bytes, at, 1) + 12;
    case REGULAR_EXPRESSION: {
      const flags = bytes.indexOf(0, at) + 1;
      const end = bytes.indexOf(0, flags) + 1;
      if (flags === 0 || end === 0) throw broken('has a pattern without an end');
      return end - at;
    }
    default:
      throw broken(`holds a value of the type ${type}, which BSON does not have`);
  }
}

function lengthAt(bytes: Buffer, at: number, least: number): number {
  const length = at + 4 <= bytes.length ? bytes.readInt32LE(at) : -1;
  if (length < least || at + length > bytes.length) throw broken('is shorter than it says');
  return length;
}

function broken(why: string): BacklotError {
  return new BacklotError('source-failed', `A document of the source ${why}`, { fix: 'The source is damaged: make it again.' });
}
