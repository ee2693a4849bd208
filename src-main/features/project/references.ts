/** What can be asked of a service of the set, as the others reach it. */
export const PROPERTIES = ['host', 'port', 'address', 'url', 'user', 'password', 'database'] as const;

/** No YAML text has it, so that what was a variable's value, or an escaped dollar sign, is never taken for a reference. */
const MARK = '\0';

const KEPT = new RegExp(`${MARK}\\{([^}]*)\\.([^.}]*)\\}`, 'g');

/** Whether `${…}` speaks of a service, such as `db.host`. With a "-" in it, only where it cannot be a variable with a default. */
export function isReference(inner: string): boolean {
  if (/^[A-Za-z0-9][A-Za-z0-9_.]*\.[A-Za-z]+$/.test(inner)) return true;
  const property = /^[a-z0-9][a-z0-9._-]*\.([a-z]+)$/.exec(inner)?.[1];
  return property !== undefined && (PROPERTIES as readonly string[]).includes(property);
}

/** A reference as it waits in a text for its set. */
export function keepReference(inner: string): string {
  return `${MARK}{${inner}}`;
}

/** Whether a text still waits for its set. */
export function hasReferences(text: string): boolean {
  return text.includes(MARK);
}

/** Puts what `valueOf` says in the place of every kept reference. */
export function fillReferences(text: string, valueOf: (service: string, property: string) => string): string {
  return hasReferences(text) ? text.replaceAll(KEPT, (_all, service: string, property: string) => valueOf(service, property)) : text;
}
