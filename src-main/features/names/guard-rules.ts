import { BacklotError } from '#contract/errors.ts';
import type { GuardMode } from '#contract/names.ts';
import { assertName, expandPattern, NameFault } from '#features/project/names.ts';

/** What the guard lets pass and what it does not. Names are in lower case. */
export type GuardRules = {
  readonly mode: GuardMode;
  readonly suffixes: readonly string[];
  /** Exactly these names. */
  readonly allowedNames: readonly string[];
  /** Everything below these. */
  readonly allowedBelow: readonly string[];
};

/** The rules of a project. Patterns are expanded. */
export function guardRules({ guard, suffixes, allow }: { readonly guard: GuardMode; readonly suffixes: readonly string[]; readonly allow: readonly string[] }): GuardRules {
  const names: string[] = [];
  const below: string[] = [];
  for (const entry of allow) {
    const wide = entry.startsWith('*.');
    (wide ? below : names).push(...expand(wide ? entry.slice(2) : entry, entry));
  }
  return { mode: guard, suffixes: lower(suffixes), allowedNames: lower(names), allowedBelow: lower(below) };
}

/** The suffix that a name is below, or is; the longest where there are several. */
export function suffixOf(name: string, suffixes: readonly string[]): string | undefined {
  return suffixes.filter((suffix) => name === suffix || isBelow(name, suffix)).sort((a, b) => b.length - a.length)[0];
}

/** Whether the guard forwards a name below a suffix. */
export function isAllowed(name: string, { allowedNames, allowedBelow }: GuardRules): boolean {
  return allowedNames.includes(name) || allowedBelow.some((domain) => isBelow(name, domain));
}

/** A name as programs mean it: without the dot at its end, in lower case. */
export function plainName(name: string): string {
  return name.replace(/\.$/, '').toLowerCase();
}

/**
 * Options of dnsmasq that make it the guard: it forwards to the engine's own resolver, answers that production names do not exist, and says what it was asked.
 * The most specific option decides; `subnets` are the set's own, whose addresses only the engine hands out, to whom they are meant for.
 */
export function guardOptions(rules: GuardRules, subnets: readonly string[], upstream = '127.0.0.11'): string[] {
  return [
    '--keep-in-foreground', '--conf-file=/dev/null', '--pid-file=', '--no-hosts', '--no-resolv', `--server=${upstream}`, '--cache-size=2000', '--dns-forward-max=1000',
    ...subnets.map((subnet) => `--bogus-nxdomain=${subnet}`),
    ...(rules.mode === 'block' ? blocking(rules) : []),
    '--log-queries=extra', '--log-facility=-',
  ];
}

/** A plain domain means itself and what is below it, and one with `*.` only what is below it. */
function blocking({ suffixes, allowedNames, allowedBelow }: GuardRules): string[] {
  const names = allowedNames.filter((name) => suffixOf(name, suffixes) !== undefined);
  const open = [...names, ...allowedBelow.map((domain) => `*.${domain}`)];
  const closed = [...suffixes.filter((suffix) => !allowedBelow.some((domain) => isBelow(suffix, domain))), ...names.map((name) => `*.${name}`)];
  return [...closed.filter((domain) => !open.includes(domain)).map((domain) => `--address=/${domain}/`), ...open.map((domain) => `--server=/${domain}/#`)];
}

function isBelow(name: string, domain: string): boolean {
  return name.endsWith(`.${domain}`);
}

function lower(names: readonly string[]): string[] {
  return [...new Set(names.map(plainName))];
}

function expand(pattern: string, entry: string): string[] {
  try {
    const names = expandPattern(pattern);
    for (const name of names) assertName(name);
    return names;
  } catch (error) {
    if (!(error instanceof NameFault)) throw error;
    throw new BacklotError('config-invalid', `names.allow: ${JSON.stringify(entry)}: ${error.message}`, { fix: 'Write a name such as api.shop.example, or everything below one: "*.cdn.shop.example".' });
  }
}
