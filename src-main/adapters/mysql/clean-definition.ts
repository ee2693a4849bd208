const TEXT = String.raw`'(?:[^'\\]|\\.|'')*'`;
const NAME = '`(?:[^`]|``)*`';
const NOTES = String.raw`\s+(?:COMMENT|(?:DATA|INDEX) DIRECTORY)(?:\s*=\s*|\s+)${TEXT}`;
const NAMES_NOTES_TEXTS = new RegExp(`(${NAME})|(${NOTES})|(${TEXT})`, 'gs');
const DEFINER = new RegExp(String.raw`\sDEFINER\s*=\s*(?:${NAME}|${TEXT}|[\w$]+)(?:@(?:${NAME}|${TEXT}|[\w$.%]+))?`, 'is');
const BODY = /\s(BEGIN|RETURN|DO)\s/i;

/** A table's definition without comments, which people write into and no rule covers, and without places on the source's own disk. Pure. */
export function cleanTable(sql: string): string {
  return sql.replace(NAMES_NOTES_TEXTS, (whole, _name, notes: string | undefined) => (notes === undefined ? whole : ''));
}

/** The definition of a view, routine, trigger or event without who defined it: whoever makes it here does. Pure. */
export function withoutDefiner(sql: string): string {
  const body = BODY.exec(sql)?.index ?? sql.length;
  return cleanTable(sql.slice(0, body).replace(DEFINER, '')) + sql.slice(body);
}
