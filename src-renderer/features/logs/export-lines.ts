import type { LogEntry } from './log-ring.ts';

export type ExportForm = 'text' | 'ndjson';

/** One line of an export. Text is as it is shown, so that a file that is read in a terminal can do nothing to it. */
export function exportLine(entry: LogEntry, form: ExportForm): string {
  const { service, kind, time, text, cut } = entry;
  if (form === 'text') return `${time} ${service} | ${text}\n`;
  const what = kind === 'note' ? { service, time, note: text } : { service, stream: kind, time, line: text };
  return `${JSON.stringify({ ...what, ...(cut !== undefined && { cut }) })}\n`;
}
