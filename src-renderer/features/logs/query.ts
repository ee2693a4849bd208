/** What the filter box asks for: nothing, something, or something that is not a regular expression. */
export type Query =
  | { readonly kind: 'none' }
  | { readonly kind: 'pattern'; readonly source: string; readonly flags: string }
  | { readonly kind: 'invalid'; readonly why: string };

/** Where a line matches: pairs of start and end, one after the other. */
export type Ranges = readonly number[];

const MOST_RANGES = 100;
const EXPRESSION = /^\/(.+)\/([imsuv]*)$/;

/** Reads the filter box: text (in any case, unless it has a capital), or `/regular expression/flags`. */
export function parseQuery(input: string): Query {
  if (input === '') return { kind: 'none' };
  const expression = EXPRESSION.exec(input);
  if (!expression) {
    const flags = /\p{Lu}/u.test(input) ? 'g' : 'gi';
    return { kind: 'pattern', source: input.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&'), flags };
  }
  const [, source = '', flags = ''] = expression;
  try {
    return { kind: 'pattern', source, flags: new RegExp(source, `g${flags}`).flags };
  } catch (error) {
    return { kind: 'invalid', why: error instanceof SyntaxError ? sentence(error.message) : String(error) };
  }
}

export function matches(pattern: RegExp, text: string): boolean {
  pattern.lastIndex = 0;
  return pattern.test(text);
}

/** Every place where the pattern matches something, up to a bound. The pattern is global. */
export function findRanges(pattern: RegExp, text: string): Ranges {
  const ranges: number[] = [];
  pattern.lastIndex = 0;
  for (let match = pattern.exec(text); match && ranges.length < MOST_RANGES * 2; match = pattern.exec(text)) {
    if (match[0] === '') pattern.lastIndex += 1;
    else ranges.push(match.index, match.index + match[0].length);
  }
  return ranges;
}

function sentence(message: string): string {
  return message.replace(/^Invalid regular expression: \/.*\/\w*: /s, '');
}
