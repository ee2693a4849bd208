import type { Column } from '#ports/database.ts';

/** What a value is: its type in BSON; for binary values with the subtype above the lowest eight bits. */
export type ValueKind = number;

export const [DOUBLE, TEXT, DOCUMENT, ARRAY, BINARY, UNDEFINED, OBJECT_ID, BOOLEAN, DATE, NULL, REGULAR_EXPRESSION, POINTER, CODE, SYMBOL, SCOPED_CODE, INT, TIMESTAMP, LONG, DECIMAL] = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19] as const;
export const [GREATEST, LEAST] = [127, 255] as const;
export const UUID = BINARY | (4 << 8);

/** The type that stands before a value. */
export const typeOf = (kind: ValueKind) => kind & 0xff;

/** Whether there is nothing but the type. */
export function isBare(kind: ValueKind): boolean {
  return kind === NULL || kind === UNDEFINED || kind === GREATEST || kind === LEAST;
}

type Facts = { readonly type: string; readonly base: Exclude<Column['base'], 'array'> };

const OTHER: Readonly<Record<number, string>> = { [REGULAR_EXPRESSION]: 'regex', [POINTER]: 'dbPointer', [SCOPED_CODE]: 'javascriptWithScope' };
const KNOWN: Readonly<Record<number, Facts>> = {
  [DOUBLE]: { type: 'double', base: 'float' },
  [TEXT]: { type: 'string', base: 'text' },
  [UUID]: { type: 'uuid', base: 'uuid' },
  [OBJECT_ID]: { type: 'objectId', base: 'bytes' },
  [BOOLEAN]: { type: 'bool', base: 'boolean' },
  [DATE]: { type: 'date', base: 'timestamp' },
  [CODE]: { type: 'javascript', base: 'text' },
  [SYMBOL]: { type: 'symbol', base: 'text' },
  [INT]: { type: 'int', base: 'integer' },
  [TIMESTAMP]: { type: 'timestamp', base: 'integer' },
  [LONG]: { type: 'bigint', base: 'integer' },
  [DECIMAL]: { type: 'decimal', base: 'decimal' },
};

/** What rules can make of values of these kinds at one place. */
export function factsOf(kinds: ReadonlySet<ValueKind>): Facts {
  const all = [...kinds].map((kind) => KNOWN[kind] ?? (typeOf(kind) === BINARY ? { type: 'binData', base: 'bytes' as const } : { type: OTHER[kind] ?? 'unknown', base: 'other' as const }));
  const bases = new Set(all.map(({ base }) => base));
  const type = [...new Set(all.map((one) => one.type))].sort().join(' or ');
  const [first] = bases;
  if (bases.size === 1 && first !== undefined) return { type: first === 'integer' && kinds.size > 1 ? 'bigint' : type, base: first };
  if ([...bases].every((base) => base === 'integer' || base === 'float' || base === 'decimal')) return { type, base: bases.has('decimal') ? 'decimal' : 'float' };
  return { type, base: bases.has('text') ? 'text' : 'other' };
}
