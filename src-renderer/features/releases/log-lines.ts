import type { OperationEvent } from '#contract/operations.ts';

/** One line of a release’s log, from its events or as it was kept. */
export type RollLine = { readonly key: number; readonly time: string; readonly level: 'info' | 'warning'; readonly text: string };

/** What an operation said, in words. */
export function linesOfEvents(events: readonly OperationEvent[]): readonly RollLine[] {
  return events.flatMap((event) => (event.type === 'message' ? [{ key: event.sequence, time: event.time, level: event.level, text: event.fix === undefined ? event.text : `${event.text} · ${event.fix}` }] : []));
}

/** Lines as they are kept beside a target’s record: a time, then the words. One without a time, such as what stands for lines that are left out, has that of the one before. */
export function linesOfLog(lines: readonly string[]): readonly RollLine[] {
  let time = '';
  return lines.map((line, key) => {
    const [, at, rest = line] = /^(\d{4}-\d\d-\d\dT[\d:.]+Z) (.*)$/s.exec(line) ?? [];
    time = at ?? time;
    const isWarning = rest.startsWith('warning: ');
    return { key, time, level: isWarning ? 'warning' : 'info', text: isWarning ? rest.slice('warning: '.length) : rest };
  });
}
