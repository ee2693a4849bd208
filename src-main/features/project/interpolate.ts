import { isReference, keepReference } from './references.ts';

/** What a text has become, which variables it asked for that are not set, and whether it speaks of services, which is filled in later. */
export type Interpolated = { readonly text: string; readonly unset: readonly string[]; readonly references: readonly string[] };

type Variables = Readonly<Record<string, string | undefined>>;

/** A text whose variables cannot be filled in; the message says why. */
export class InterpolationFault extends Error {
  readonly fix: string;

  constructor(message: string, fix: string) {
    super(message);
    this.fix = fix;
  }
}

const NAME = /^[A-Za-z_][A-Za-z0-9_]*/;
/** `${A:-${B:-…}}` is legal; nobody writes more of it. */
const NESTING_LIMIT = 20;

/** Fills in `$NAME` and `${NAME}` with `:-`, `-`, `:?`, `?`, `:+` and `+` as Compose does; `$$` is a dollar sign. Throws `InterpolationFault`. */
export function interpolate(text: string, variables: Variables): Interpolated {
  const seen = { unset: new Set<string>(), references: new Set<string>() };
  return { text: fill(text, variables, seen, 0), unset: [...seen.unset], references: [...seen.references] };
}

type Seen = { readonly unset: Set<string>; readonly references: Set<string> };

function fill(text: string, variables: Variables, seen: Seen, depth: number): string {
  if (depth > NESTING_LIMIT) throw new InterpolationFault('Variables are nested too deep', 'Give the variable a plain default.');
  let result = '';
  let position = 0;
  while (position < text.length) {
    const dollar = text.indexOf('$', position);
    if (dollar === -1) return result + text.slice(position);
    result += text.slice(position, dollar);
    const next = text[dollar + 1];
    const name = NAME.exec(text.slice(dollar + 1))?.[0];
    if (next === '$') {
      result += '$';
      position = dollar + 2;
    } else if (next === '{') {
      const end = closingBrace(text, dollar + 1);
      result += expression(text.slice(dollar + 2, end), variables, seen, depth);
      position = end + 1;
    } else if (name !== undefined) {
      result += plain(name, variables, seen);
      position = dollar + 1 + name.length;
    } else {
      result += '$';
      position = dollar + 1;
    }
  }
  return result;
}

function expression(inner: string, variables: Variables, seen: Seen, depth: number): string {
  if (isReference(inner)) {
    seen.references.add(inner);
    return keepReference(inner);
  }
  const name = NAME.exec(inner)?.[0];
  const rest = name === undefined ? '' : inner.slice(name.length);
  const operator = /^(:?[-?+])/.exec(rest)?.[1];
  if (name === undefined || (rest !== '' && operator === undefined)) {
    throw new InterpolationFault(`\${${inner}} is not a variable`, 'Write ${NAME} or ${NAME:-default}; write $$ for a dollar sign.');
  }
  if (operator === undefined) return plain(name, variables, seen);
  const word = rest.slice(operator.length);
  const value = Object.hasOwn(variables, name) ? variables[name] : undefined;
  const given = operator.startsWith(':') ? value !== undefined && value !== '' : value !== undefined;
  switch (operator.at(-1)) {
    case '-':
      return given ? (value ?? '') : fill(word, variables, seen, depth + 1);
    case '+':
      return given ? fill(word, variables, seen, depth + 1) : '';
    default:
      if (given) return value ?? '';
      throw new InterpolationFault(`The variable ${name} must be set${word ? `: ${word}` : ''}`, `Set it in the environment or in the .env file: ${name}=…`);
  }
}

function plain(name: string, variables: Variables, seen: Seen): string {
  const value = Object.hasOwn(variables, name) ? variables[name] : undefined;
  if (value === undefined) seen.unset.add(name);
  return value ?? '';
}

function closingBrace(text: string, opening: number): number {
  let depth = 0;
  for (let position = opening; position < text.length; position++) {
    if (text[position] === '{' && text[position - 1] === '$') depth++;
    if (text[position] === '}' && --depth === 0) return position;
  }
  throw new InterpolationFault('A "${" is never closed with "}"', 'Write the closing "}"; write $$ for a dollar sign.');
}
