import { plain, type Style } from './sgr.ts';
import type { Span } from './line-text.ts';
import type { Ranges } from './query.ts';

export type Segment = { readonly text: string; readonly style: Style; readonly marked: boolean };

/** Cuts a line where its colour changes and where a match begins or ends. */
export function segmentsOf(text: string, spans: readonly Span[], ranges: Ranges): readonly Segment[] {
  if (spans.length === 0 && ranges.length === 0) return text === '' ? [] : [{ text, style: plain, marked: false }];
  const cuts = [...new Set([0, text.length, ...spans.map(({ from }) => from), ...ranges])].filter((at) => at <= text.length).sort((left, right) => left - right);
  const segments: Segment[] = [];
  let span = 0;
  let range = 0;
  let style = plain;
  cuts.forEach((from, index) => {
    const until = cuts[index + 1];
    if (until === undefined) return;
    for (let next = spans[span]; next && next.from <= from; next = spans[span]) {
      style = next.style;
      span += 1;
    }
    while ((ranges[range + 1] ?? Infinity) <= from) range += 2;
    segments.push({ text: text.slice(from, until), style, marked: (ranges[range] ?? Infinity) <= from });
  });
  return segments;
}
