import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

/** One browser that was let in. `id` may be written into logs: it opens nothing. */
export type Session = { readonly id: string };

/**
 * Who may speak to the server: one-time codes that are exchanged for session keys.
 *
 * A code printed in a terminal stays good until it is used, because people click it minutes or hours later. That is safe: it holds
 * 256 bits, works once, is stored as a hash, ends with the server, and using it makes the terminal print the next one, so an address
 * that was already opened is worth nothing to whoever finds it. A code that goes through a command line, where every user of the
 * machine can read it while the browser starts, lives 60 seconds.
 */
export interface Keys {
  /** A new one-time code, good until it is used or `lifetime` milliseconds have passed. */
  issueCode(lifetime?: number): string;
  /** The session key for a code, once; `undefined` for a code that was never issued, is used or is over. */
  exchange(code: string): string | undefined;
  /** A session key without a code, for this machine's own command line. */
  issueKey(): string;
  find(key: string | undefined): Session | undefined;
  /** Forgets every code and key. */
  revoke(): void;
}

/** Sessions beyond this end with the one that was unused for longest. */
const MOST_SESSIONS = 64;
const MOST_CODES = 64;

/** Holds codes and keys as hashes only. `now` is the clock, in milliseconds. */
export function createKeys(now: () => number = Date.now): Keys {
  const codes = new Map<string, { readonly hash: Buffer; readonly until: number }>();
  const sessions = new Map<string, { readonly hash: Buffer; readonly session: Session }>();

  function issueKey(): string {
    const key = secret();
    const hash = digest(key);
    const id = hash.toString('hex').slice(0, 8);
    sessions.set(id, { hash, session: { id } });
    dropOldest(sessions, MOST_SESSIONS);
    return key;
  }

  return {
    issueKey,
    issueCode(lifetime = Infinity) {
      const code = secret();
      const hash = digest(code);
      codes.set(hash.toString('hex'), { hash, until: now() + lifetime });
      dropOldest(codes, MOST_CODES);
      return code;
    },
    exchange(code) {
      const found = lookUp(codes, code);
      if (!found) return undefined;
      codes.delete(found.name);
      return found.entry.until >= now() ? issueKey() : undefined;
    },
    find(key) {
      const found = key === undefined ? undefined : lookUp(sessions, key);
      if (!found) return undefined;
      sessions.delete(found.name);
      sessions.set(found.name, found.entry);
      return found.entry.session;
    },
    revoke() {
      codes.clear();
      sessions.clear();
    },
  };
}

function secret(): string {
  return randomBytes(32).toString('base64url');
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

/** Compares with every entry, each in constant time, so that the time taken tells nothing. */
function lookUp<Entry extends { readonly hash: Buffer }>(entries: Map<string, Entry>, text: string): { name: string; entry: Entry } | undefined {
  const hash = digest(text);
  let found: { name: string; entry: Entry } | undefined;
  for (const [name, entry] of entries) if (timingSafeEqual(entry.hash, hash)) found = { name, entry };
  return found;
}

/** A map keeps the order of insertion, and a used session is inserted anew. */
function dropOldest(entries: Map<string, unknown>, most: number): void {
  for (const name of entries.keys()) {
    if (entries.size <= most) return;
    entries.delete(name);
  }
}
