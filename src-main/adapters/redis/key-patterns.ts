/** Kinds of values that Redis has; those of modules are not among them. */
export const KINDS = ['string', 'hash', 'list', 'set', 'zset', 'stream'] as const;
export type Kind = (typeof KINDS)[number];

const SEPARATOR = ':';
/** What a part of a key that differs from key to key is written as. */
export const ANY = '*';
/** So many parts beside each other are values, not names. */
const MOST_NAMES = 30;
/** First and last name: what parts them tells them from names of programs. */
const PERSON = /^\p{Lu}\p{Ll}+(?:[ ._-]\p{Lu}\p{Ll}+)+\d*$/u;
const VALUE = /^\d+$|\d{3,}|^[0-9a-f-]{8,}$|@|^.{24,}$|[^\x20-\x7e]/i;

/** Whether a text is called as some person is. */
export type IsName = (text: string) => boolean;

/** Whether a part of a key, or a field, is somebody's or one of many, by its form. */
const isValue = (text: string, isName: IsName): boolean => VALUE.test(text) || PERSON.test(text) || isName(text);

/** Whether a field is what somebody is known by. */
export const isPersonal = (text: string, isName: IsName): boolean => text.includes('@') || PERSON.test(text) || isName(text);

type Node = { readonly parts: Map<string, Node>; /** Its parts were too many: from then on all of them are values. */ isMerged: boolean };

const newNode = (): Node => ({ parts: new Map(), isMerged: false });

/** The patterns that keys follow: parts between colons that are numbers, addresses, names of people and the like, or that are too many to be names, become `*`. Pure. */
export class KeyPatterns {
  private readonly root = newNode();
  private readonly isName: IsName;

  constructor(isName: IsName = () => false) {
    this.isName = isName;
  }

  add(key: string): void {
    let node = this.root;
    for (const part of key.split(SEPARATOR)) {
      const name = node.isMerged || isValue(part, this.isName) ? ANY : part;
      if (!node.parts.has(name)) node.parts.set(name, newNode());
      if (node.parts.size > MOST_NAMES) merge(node);
      node = node.parts.get(name) ?? node.parts.get(ANY) ?? newNode();
    }
  }

  /** The pattern of a key that was added. */
  of(key: string): string {
    let node: Node | undefined = this.root;
    return key
      .split(SEPARATOR)
      .map((part) => {
        const name: string = node?.isMerged || isValue(part, this.isName) ? ANY : part;
        node = node?.parts.get(name);
        return name;
      })
      .join(SEPARATOR);
  }
}

/** All parts become one, with everything below them. */
function merge(node: Node): void {
  const all = newNode();
  for (const child of node.parts.values()) takeIn(all, child);
  node.isMerged = true;
  node.parts.clear();
  node.parts.set(ANY, all);
}

function takeIn(into: Node, from: Node): void {
  if (from.isMerged && !into.isMerged) merge(into);
  for (const [key, child] of from.parts) {
    const name = into.isMerged ? ANY : key;
    const known = into.parts.get(name);
    if (known) takeIn(known, child);
    else into.parts.set(name, child);
  }
  if (!into.isMerged && into.parts.size > MOST_NAMES) merge(into);
}

/** What stands in the places of `*` in a key; nothing where it does not follow the pattern. */
export function partsOf(key: string, pattern: string): string[] | undefined {
  const [parts, names] = [key.split(SEPARATOR), pattern.split(SEPARATOR)];
  if (parts.length !== names.length || !names.every((name, index) => name === ANY || name === parts[index])) return undefined;
  return parts.filter((_part, index) => names[index] === ANY);
}

/** The key that has these parts in the places of `*`. */
export function keyOf(pattern: string, parts: readonly string[]): string {
  let next = 0;
  return pattern.split(SEPARATOR).map((name) => (name === ANY ? (parts[next++] ?? '') : name)).join(SEPARATOR);
}
