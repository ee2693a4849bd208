import type { Miss } from '#contract/names.ts';
import { isAllowed, plainName, suffixOf, type GuardRules } from './guard-rules.ts';

/** One question as the guard's log tells it. */
export type Lookup = {
  readonly name: string;
  /** The record type that was asked for. */
  readonly type: string;
  /** Who asked. */
  readonly address: string;
  /** It went to another server than the engine's own resolver. */
  readonly bypassed: boolean;
};

/** What a set makes of questions: what the guard does, and the names that somebody in the set has. */
export type MissRules = { readonly guard: GuardRules; readonly owned: ReadonlySet<string> };

/** Who has an address, and had it at that time (milliseconds since the epoch). */
export type CallerOf = (address: string, time: number) => string | undefined;

/** Names with callers that are kept; a program that asks for random names must not fill the memory. */
const MOST_ENTRIES = 5_000;

const ANSWERED = /^dnsmasq(?:\[\d+\])?: \d+ \S+ query\[([^\]]+)\] (\S+) from (\S+)$/;
const SEEN = /^\S+ \S+ +In +IP6? (\S+)\.\d+ > \S+\.53: .*? ([A-Za-z0-9]+)\? (\S+) \(\d+\)$/;

/** The question that a line of the guard's log tells of, if it does. Pure. */
export function parseLookup(line: string): Lookup | undefined {
  const answered = ANSWERED.exec(line);
  if (answered) return { type: answered[1] ?? '', name: plainName(answered[2] ?? ''), address: answered[3] ?? '', bypassed: false };
  const seen = SEEN.exec(line);
  return seen ? { address: seen[1] ?? '', type: seen[2] ?? '', name: plainName(seen[3] ?? ''), bypassed: true } : undefined;
}

type Entry = { readonly name: string; readonly address: string; readonly kind: Miss['kind']; readonly asked: Map<string, number>; readonly expanded: Map<string, number>; last: string };

/** Counts misses of one set by name and caller. */
export class MissBook {
  private readonly rules: MissRules;
  private readonly entries = new Map<string, Entry>();

  constructor(rules: MissRules) {
    this.rules = rules;
  }

  /** Takes one line in; answers whether it was a miss. */
  add(line: string, time: string): boolean {
    const lookup = parseLookup(line);
    const missed = lookup && this.judge(lookup);
    if (!lookup || !missed) return false;
    const key = JSON.stringify([missed.name, lookup.address, missed.kind]);
    const entry = this.entries.get(key) ?? { name: missed.name, address: lookup.address, kind: missed.kind, asked: new Map<string, number>(), expanded: new Map<string, number>(), last: time };
    // One that is asked again moves to the end: the longest silent go first.
    this.entries.delete(key);
    this.entries.set(key, entry);
    const counts = missed.expanded ? entry.expanded : entry.asked;
    counts.set(lookup.type, (counts.get(lookup.type) ?? 0) + 1);
    if (time > entry.last) entry.last = time;
    const [oldest] = this.entries.keys();
    if (this.entries.size > MOST_ENTRIES && oldest !== undefined) this.entries.delete(oldest);
    return true;
  }

  /** The misses so far, with the services that asked where these are known. */
  misses(set: string, callerOf: CallerOf): Miss[] {
    const misses = new Map<string, Miss>();
    for (const { name, address, kind, asked, expanded, last } of this.entries.values()) {
      const caller = callerOf(address, Date.parse(last)) ?? address;
      const key = JSON.stringify([name, caller, kind]);
      const before = misses.get(key);
      // Programs ask for several types at once, and again with the search path: that is one time.
      const count = Math.max(...asked.values(), ...expanded.values()) + (before?.count ?? 0);
      const types = [...new Set([...(before?.types ?? []), ...asked.keys(), ...expanded.keys()])].sort();
      misses.set(key, { name, caller, set, count, last: before && before.last > last ? before.last : last, types, kind });
    }
    return [...misses.values()];
  }

  private judge({ name, bypassed }: Lookup): { readonly name: string; readonly kind: Miss['kind']; readonly expanded: boolean } | undefined {
    const { guard, owned } = this.rules;
    const suffix = suffixOf(name, guard.suffixes);
    if (suffix === undefined) return undefined;
    // A search path adds its suffix to names that have one already.
    const shorter = name.slice(0, -suffix.length - 1);
    const expanded = suffixOf(shorter, guard.suffixes) !== undefined;
    const asked = expanded ? shorter : name;
    if (isAllowed(asked, guard) || (owned.has(asked) && (!bypassed || expanded))) return undefined;
    return { name: asked, expanded, kind: bypassed ? 'bypassed' : guard.mode === 'report' ? 'reported' : 'blocked' };
  }
}
