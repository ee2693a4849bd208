/** Parts of an expression as PostgreSQL and MariaDB write it. Casts and character sets say nothing of what is allowed; nor do parentheses, where all there is are alternatives. */
const PARTS = /'(?<text>(?:[^'\\]|'')*)'|"(?<quoted>(?:[^"]|"")+)"|`(?<ticked>(?:[^`]|``)+)`|(?<number>-?\d+(?:\.\d+)?)|(?<word>[a-z_][\w$]*)|(?<sign>[=,])|(?<nothing>::(?:(?:"[^"]+"|[a-z_]\w*)\.)?(?:"[^"]+"|[a-z_]\w*(?: varying)?)(?:\(\d+(?:,\d+)?\))?(?:\[\])?|[\s()[\]])/giy;
/** Words that change nothing about which values are listed. */
const SILENT = new Set(['upper', 'lower', 'ucase', 'lcase', 'any', 'array']);
const LIST = /^column (?:=|in) value(?: , value)*$/;

/**
 * The values that a check lets a column have, beside null, where it lists them: `status in ('a','b')`, `(status = 'a'::text) OR (status = 'b'::text)`.
 * Undefined where it says anything else.
 */
export function allowedValues(check: string, column: string): string[] | undefined {
  const values: string[] = [];
  const parts: string[] = [];
  const name = (found: string) => parts.push(found === column ? 'column' : 'other');
  PARTS.lastIndex = 0;
  while (PARTS.lastIndex < check.length) {
    const { text, quoted, ticked, number, word, sign, nothing } = PARTS.exec(check)?.groups ?? {};
    const value = text?.replaceAll("''", "'") ?? number;
    if (value !== undefined) {
      values.push(value);
      parts.push('value');
    } else if (quoted !== undefined) name(quoted.replaceAll('""', '"'));
    else if (ticked !== undefined) name(ticked.replaceAll('``', '`'));
    else if (word === column) name(word);
    else if (word !== undefined) parts.push(...(SILENT.has(word.toLowerCase()) || /^_(utf8|latin1|ascii|binary)/i.test(word) ? [] : [word.toLowerCase()]));
    else if (sign !== undefined) parts.push(sign);
    else if (nothing === undefined) return undefined;
  }
  const alternatives = parts.join(' ').split(' or ');
  return values.length > 0 && alternatives.every((one) => one === 'column is null' || LIST.test(one)) ? [...new Set(values)] : undefined;
}

/** What all of several checks of a column allow; undefined where none of them lists values. */
export function allowedByAll(checks: readonly string[], column: string): string[] | undefined {
  const lists = checks.flatMap((check) => {
    const values = allowedValues(check, column);
    return values ? [values] : [];
  });
  return lists.length === 0 ? undefined : lists.reduce((all, list) => all.filter((value) => list.includes(value)));
}
