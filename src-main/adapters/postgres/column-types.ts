import { allowedByAll } from '#core/allowed-values.ts';
import type { Column } from '#ports/database.ts';

/** A type as the server's catalogue has it. */
export type TypeRow = {
  readonly oid: number;
  readonly name: string;
  /** b base, c composite, d domain, e enum, r range, m multirange. */
  readonly kind: string;
  readonly category: string;
  readonly base: number;
  readonly modifier: number;
  readonly element: number;
  readonly required: boolean;
  readonly labels: readonly string[] | null;
  /** Of a domain, the expressions that its values have to fulfil. */
  readonly checks: readonly string[] | null;
};

const BASES: Readonly<Record<string, Column['base']>> = {
  text: 'text',
  varchar: 'text',
  bpchar: 'text',
  name: 'text',
  char: 'text',
  citext: 'text',
  int2: 'integer',
  int4: 'integer',
  int8: 'integer',
  numeric: 'decimal',
  money: 'decimal',
  float4: 'float',
  float8: 'float',
  bool: 'boolean',
  date: 'date',
  time: 'time',
  timetz: 'time',
  timestamp: 'timestamp',
  timestamptz: 'timestamp',
  json: 'json',
  jsonb: 'json',
  bytea: 'bytes',
  uuid: 'uuid',
  inet: 'inet',
  cidr: 'inet',
};

/** What a column's type comes down to, domains resolved. */
export function describeType(types: ReadonlyMap<number, TypeRow>, oid: number, modifier: number): Pick<Column, 'base' | 'element' | 'maxLength' | 'values' | 'allowed'> & { readonly required: boolean } {
  let type = types.get(oid);
  let length = modifier;
  let required = false;
  let allowed: readonly string[] | undefined;
  while (type?.kind === 'd') {
    required ||= type.required;
    allowed ??= allowedByAll(type.checks ?? [], 'VALUE');
    if (length < 0) length = type.modifier;
    type = types.get(type.base);
  }
  if (!type) return { base: 'other', required };
  if (type.category === 'A' && type.element !== 0) {
    const inner = describeType(types, type.element, length);
    const element = inner.base === 'array' ? 'other' : inner.base;
    return { base: 'array', element, required, ...(inner.values && { values: inner.values }), ...(inner.maxLength !== undefined && { maxLength: inner.maxLength }) };
  }
  if (type.kind === 'e') return { base: 'enum', required, values: type.labels ?? [] };
  const base = type.kind === 'b' ? (BASES[type.name] ?? 'other') : 'other';
  const limited = (type.name === 'varchar' || type.name === 'bpchar') && length > 4;
  return { base, required, ...(limited && { maxLength: length - 4 }), ...(allowed && { allowed }) };
}
