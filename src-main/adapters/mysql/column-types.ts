import type { Column } from '#ports/database.ts';

/** A column as the information schema has it. */
export type ColumnRow = {
  readonly table: string;
  readonly name: string;
  /** Such as `varchar`. */
  readonly data: string;
  /** Such as `varchar(40)`. */
  readonly type: string;
  readonly fallback: string | null;
  readonly nullable: 'YES' | 'NO';
  readonly length: number | string | null;
  readonly extra: string;
  readonly comment: string;
};

const BASES: Readonly<Record<string, Column['base']>> = {
  char: 'text', varchar: 'text', tinytext: 'text', text: 'text', mediumtext: 'text', longtext: 'text',
  tinyint: 'integer', smallint: 'integer', mediumint: 'integer', int: 'integer', integer: 'integer', bigint: 'integer', year: 'integer',
  decimal: 'decimal', numeric: 'decimal', float: 'float', double: 'float', real: 'float',
  date: 'date', time: 'time', datetime: 'timestamp', timestamp: 'timestamp',
  json: 'json',
  binary: 'bytes', varbinary: 'bytes', tinyblob: 'bytes', blob: 'bytes', mediumblob: 'bytes', longblob: 'bytes',
  enum: 'enum', uuid: 'uuid', inet4: 'inet', inet6: 'inet',
};

/** What a column is. MariaDB keeps JSON as a text with a check. */
export function describeColumn(row: ColumnRow, isJson: boolean, quotesDefaults: boolean): Column {
  const isSwitch = /^(tinyint|bit)\(1\)/i.test(row.type);
  const base = isJson ? 'json' : isSwitch ? 'boolean' : row.data === 'bit' ? 'integer' : (BASES[row.data] ?? 'other');
  const generated = /\b(VIRTUAL|STORED|PERSISTENT|GENERATED)\b/i.test(row.extra.replace(/DEFAULT_GENERATED/i, ''));
  const fallback = generated ? undefined : defaultOf(row, quotesDefaults);
  return {
    name: row.name,
    type: row.type,
    base,
    nullable: row.nullable === 'YES',
    generated,
    ...(base === 'text' && row.length !== null && { maxLength: Number(row.length) }),
    ...(base === 'enum' && { values: labelsIn(row.type) }),
    ...(fallback !== undefined && { default: fallback }),
    ...(row.comment !== '' && { comment: row.comment }),
  };
}

/** The default as it stands in the table's definition: MariaDB answers it so, MySQL without its quotes. */
function defaultOf({ fallback, extra }: ColumnRow, quotes: boolean): string | undefined {
  if (fallback === null || (!quotes && fallback === 'NULL')) return undefined;
  if (!quotes) return fallback;
  return /DEFAULT_GENERATED/i.test(extra) ? (/^current_timestamp/i.test(fallback) ? fallback : `(${fallback})`) : `'${fallback.replaceAll("'", "''")}'`;
}

function labelsIn(type: string): string[] {
  return [...type.matchAll(/'((?:[^'\\]|\\.|'')*)'/gs)].map(([, label = '']) => label.replace(/''|\\(.)/gs, (whole, escaped: string | undefined) => escaped ?? whole.slice(1)));
}

/** Whether the server sends a column's values as bytes that are no text. */
export function isBinary({ base, type }: Column): boolean {
  return base === 'bytes' || /^(geometry|point|linestring|polygon|multi(point|linestring|polygon)|geom(etry)?collection|vector)/i.test(type);
}

/** How a column is read so that nothing of a value is lost: floats with all of their digits, bits as numbers. */
export function readExpression({ type }: Column, quoted: string): string {
  if (/^float/i.test(type)) return `(${quoted} + 0e0)`;
  return /^bit/i.test(type) ? `(${quoted} + 0)` : quoted;
}

/** What a field of a row becomes before it is written; nothing where the server takes it as it is. */
export function writeExpression(column: Column, variable: string): string | undefined {
  if (isBinary(column)) return `if(left(${variable}, 2) = '\\\\x', unhex(substring(${variable}, 3)), cast(${variable} as binary))`;
  const asNumber = `case ${variable} when 'true' then '1' when 'false' then '0' else ${variable} end`;
  if (/^bit/i.test(column.type)) return `cast(${asNumber} as unsigned)`;
  return column.base === 'boolean' ? asNumber : undefined;
}
