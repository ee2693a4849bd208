/** Names that one pattern may stand for. */
const EXPANSION_LIMIT = 10_000;

/** Why a name or pattern cannot be used; the message says it. */
export class NameFault extends Error {}

/** Every name that a pattern stands for: `node-{1..3}` and `{a,b}`, also several and nested. Throws `NameFault`. */
export function expandPattern(pattern: string): string[] {
  if (pattern.length > 1_000) throw new NameFault('the pattern is longer than 1000 characters');
  const names = expand(pattern);
  for (const name of names) assertName(name);
  return [...new Set(names)];
}

function expand(pattern: string): string[] {
  const opening = pattern.indexOf('{');
  if (opening === -1) {
    if (pattern.includes('}')) throw new NameFault('a "}" has no "{" before it');
    return [pattern];
  }
  const closing = closingBrace(pattern, opening);
  const choices = choicesOf(pattern.slice(opening + 1, closing));
  const rests = expand(pattern.slice(closing + 1));
  if (choices.length * rests.length > EXPANSION_LIMIT) throw tooMany();
  const before = pattern.slice(0, opening);
  if (before.includes('}')) throw new NameFault('a "}" has no "{" before it');
  return choices.flatMap((choice) => rests.map((rest) => before + choice + rest));
}

function choicesOf(inner: string): string[] {
  const range = /^(-?\d+)\.\.(-?\d+)$/.exec(inner);
  if (range) return numbers(range[1] ?? '', range[2] ?? '');
  const parts = splitAtCommas(inner);
  if (parts.length < 2) throw new NameFault(`{${inner}} is neither a range such as {1..3} nor a list such as {a,b}`);
  return parts.flatMap(expand);
}

/** Leading zeros are kept, as shells do: {01..03}. */
function numbers(from: string, to: string): string[] {
  const [first, last] = [Number(from), Number(to)];
  if (first < 0 || last < 0) throw new NameFault('a range counts from 0 upwards');
  if (Math.abs(last - first) >= EXPANSION_LIMIT) throw tooMany();
  const width = from.startsWith('0') || to.startsWith('0') ? Math.max(from.length, to.length) : 0;
  const step = first <= last ? 1 : -1;
  return Array.from({ length: Math.abs(last - first) + 1 }, (_, index) => String(first + index * step).padStart(width, '0'));
}

function splitAtCommas(text: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let start = 0;
  for (let index = 0; index < text.length; index++) {
    if (text[index] === '{') depth++;
    if (text[index] === '}') depth--;
    if (text[index] !== ',' || depth > 0) continue;
    parts.push(text.slice(start, index));
    start = index + 1;
  }
  return [...parts, text.slice(start)];
}

function closingBrace(text: string, opening: number): number {
  let depth = 0;
  for (let index = opening; index < text.length; index++) {
    if (text[index] === '{') depth++;
    if (text[index] === '}' && --depth === 0) return index;
  }
  throw new NameFault('a "{" is never closed with "}"');
}

function tooMany(): NameFault {
  return new NameFault(`the pattern stands for more than ${EXPANSION_LIMIT} names`);
}

/** Fails where a text is no host name: labels of letters, digits, "-" and "_", 63 long at most, 253 in all. */
export function assertName(name: string): void {
  if (name.length === 0) throw new NameFault('a name cannot be empty');
  if (name.length > 253) throw new NameFault(`${name.slice(0, 40)}… is longer than 253 characters`);
  for (const label of name.split('.')) {
    if (label.length === 0) throw new NameFault(`${name} has an empty part`);
    if (label.length > 63) throw new NameFault(`${label.slice(0, 40)}… is longer than 63 characters between its dots`);
    if (!/^[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?$/i.test(label)) {
      throw new NameFault(`${JSON.stringify(name)} is no host name: letters, digits and "-" only, "-" not at an end`);
    }
  }
}

/** One name as one service has it, on these networks; with others of a group on purpose. */
export type NameClaim = { readonly name: string; readonly service: string; readonly networks: readonly string[]; readonly group?: string };

export type NameClash = { readonly name: string; readonly services: readonly [string, string] };

/** Names that two services have on one network: which of them would answer is left to chance. Case does not tell names apart. */
export function findClashes(claims: readonly NameClaim[]): NameClash[] {
  const owners = new Map<string, NameClaim>();
  const clashes = new Map<string, NameClash>();
  for (const claim of claims) {
    for (const network of claim.networks) {
      const key = `${network}\n${claim.name.toLowerCase()}`;
      const owner = owners.get(key);
      if (owner === undefined) owners.set(key, claim);
      else if (owner.service !== claim.service && !inOneGroup(owner, claim)) clashes.set(claim.name.toLowerCase(), { name: claim.name, services: [owner.service, claim.service] });
    }
  }
  return [...clashes.values()];
}

function inOneGroup(first: NameClaim, second: NameClaim): boolean {
  return first.group !== undefined && first.group === second.group;
}
