import { applySgr, plain, type Style } from './sgr.ts';

/** From `from` to the next span, the text has this style. The first span starts at 0. */
export type Span = { readonly from: number; readonly style: Style };

/** What a line shows: text that can do nothing to the page, the terminal or the reader, and how it is coloured. */
export type ReadLine = { readonly text: string; readonly spans: readonly Span[] };

/** A line of nothing but printable ASCII and tabs, which needs no reading. */
const ORDINARY = /^[\t\x20-\x7e]*$/;

/** A hostile line can hold a million colour changes; past this many, the last colour stays. */
const MOST_SPANS = 1000;

/** Everything that a line may not do, in the order in which it has to be tried. */
const SPECIAL = new RegExp(
  [
    '(?:\\x1b\\[|\\x9b)(?<parameters>[0-?]*)[ -/]*(?<final>[@-~]|$)', //        CSI; `m` is a colour
    '(?:\\x1b[\\]PX^_]|[\\x90\\x98\\x9d\\x9e\\x9f])[^\\x07\\x1b\\x9c]*(?:\\x07|\\x1b\\\\|\\x9c)', // OSC, DCS, SOS, PM, APC
    '\\x1b[ -/]*[0-~]?', //                                                     other escapes, and strings that never end
    '[\\x00-\\x08\\x0a-\\x1f\\x7f-\\x9f]', //                                   C0 and C1
    '(?<hidden>[\\u061c\\u200b\\u200e\\u200f\\u2028-\\u202e\\u2060-\\u206f\\ufeff\\ufff9-\\ufffb\\u{e0000}-\\u{e007f}])',
    '(?<=\\p{Mn}{3})\\p{Mn}+', //                                               stacks of marks that leave their row
  ].join('|'),
  'gu',
);

/** Reads a line as a service wrote it: colours kept, every other escape removed, hidden characters named. Never throws. */
export function readLine(raw: string): ReadLine {
  if (ORDINARY.test(raw)) return { text: raw, spans: [] };
  const source = lastOverwrite(raw);
  const spans: Span[] = [];
  let text = '';
  let style = plain;
  let read = 0;
  SPECIAL.lastIndex = 0;
  for (let match = SPECIAL.exec(source); match; match = SPECIAL.exec(source)) {
    text += source.slice(read, match.index);
    read = match.index + match[0].length;
    const { parameters, final, hidden } = match.groups ?? {};
    if (hidden) text += nameOf(hidden);
    if (final !== 'm' || spans.length >= MOST_SPANS) continue;
    style = applySgr(style, parameters ?? '');
    if (spans.at(-1)?.from === text.length) spans.pop();
    spans.push({ from: text.length, style });
  }
  return { text: text + source.slice(read), spans: spans.every((span) => span.style === plain) ? [] : spans };
}

/** The text of a line as it is shown, searched, copied and exported. */
export function textOf(raw: string): string {
  return ORDINARY.test(raw) ? raw : readLine(raw).text;
}

/** A progress bar writes over itself with `\r`; what is left on the screen is what came last. */
function lastOverwrite(raw: string): string {
  let end = raw.length;
  while (end > 0) {
    const start = raw.lastIndexOf('\r', end - 1) + 1;
    const part = raw.slice(start, end);
    if (start === 0 || !/^(?:\x1b\[[0-?]*[ -/]*[@-~]|\s)*$/.test(part)) return part;
    end = start - 1;
  }
  return '';
}

function nameOf(hidden: string): string {
  return `⟨U+${(hidden.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}⟩`;
}
