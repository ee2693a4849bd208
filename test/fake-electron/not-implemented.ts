/** Thrown for everything of Electron that the double does not have, so that new use of it is noticed at once. */
export class NotImplemented extends Error {
  override readonly name = 'NotImplemented';

  constructor(member: string) {
    super(`NotImplemented: electron.${member}`);
  }
}

/** Asked of any object by the language, by debuggers and by test runners. */
const ASKED_OF_ALL = new Set(['then', 'toJSON', 'constructor', 'prototype', 'nodeType', 'tagName', 'asymmetricMatch', 'inspect', '$$typeof', '@@__IMMUTABLE_ITERABLE__@@']);

/** Every member that the double has, such as `app.quit`. */
export const members = new Set<string>();

/** The same object; what it does not have throws. Its own members are noted under `name`. */
export function only<Thing extends object>(name: string, thing: Thing): Thing {
  for (const member of memberNames(thing)) members.add(name === '' ? member : `${name}.${member}`);
  return new Proxy(thing, {
    get(target, member, receiver) {
      if (typeof member === 'symbol' || member in target || ASKED_OF_ALL.has(member)) return Reflect.get(target, member, receiver) as unknown;
      throw new NotImplemented(name === '' ? member : `${name}.${member}`);
    },
  });
}

/** Public names: those of the object and of its own class, without what every emitter has. */
function memberNames(thing: object): string[] {
  const prototype = Object.getPrototypeOf(thing) as object | null;
  const inherited = prototype && prototype !== Object.prototype && prototype !== Function.prototype ? Object.getOwnPropertyNames(prototype) : [];
  const own = Object.keys(thing).concat(typeof thing === 'function' ? Object.getOwnPropertyNames(thing) : []);
  return [...new Set([...own, ...inherited])].filter((member) => !member.startsWith('_') && !['constructor', 'length', 'name', 'prototype', 'on', 'once', 'arguments', 'caller'].includes(member));
}
