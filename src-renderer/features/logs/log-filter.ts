import { levelOf, type Level } from './level.ts';
import type { LogEntry } from './log-ring.ts';
import { parseQuery, type Query } from './query.ts';

export type Severity = 'all' | 'warnings' | 'errors';

/** What the person chose to see. */
export type LogFilter = {
  /** Services that are switched off. */
  readonly hidden: readonly string[];
  readonly stream: 'all' | 'stderr';
  readonly severity: Severity;
  /** As typed. */
  readonly text: string;
  /** Whether lines that do not match are hidden, or only the matches marked. */
  readonly onlyMatches: boolean;
};

export const EVERYTHING: LogFilter = { hidden: [], stream: 'all', severity: 'all', text: '', onlyMatches: true };

/** The parts of a filter that are decided line by line on the page, and the part that the matcher decides. */
export type CompiledFilter = { readonly query: Query; readonly onlyMatches: boolean; admits(entry: LogEntry): boolean; readonly admitsAll: boolean };

const SHOWN: Readonly<Record<Severity, readonly Level[]>> = {
  all: ['error', 'warning', 'info', 'debug', 'unknown'],
  warnings: ['error', 'warning'],
  errors: ['error'],
};

export function compileFilter(filter: LogFilter): CompiledFilter {
  const hidden = new Set(filter.hidden);
  const levels = SHOWN[filter.severity];
  const admits = (entry: LogEntry): boolean => {
    if (hidden.has(entry.service)) return false;
    if (filter.stream === 'stderr' && entry.kind === 'stdout') return false;
    if (filter.severity === 'all' || entry.kind === 'note') return true;
    return levels.includes(levelOfEntry(entry));
  };
  const admitsAll = hidden.size === 0 && filter.stream === 'all' && filter.severity === 'all';
  return { query: parseQuery(filter.text), onlyMatches: filter.onlyMatches, admits, admitsAll };
}

/** The level of a line, found once. */
export function levelOfEntry(entry: LogEntry): Level {
  entry.level ??= entry.kind === 'note' ? 'unknown' : levelOf(entry.text);
  return entry.level;
}
