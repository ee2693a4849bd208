import type { LogEntry } from './log-ring.ts';
import { levelOfEntry } from './log-filter.ts';
import { readLine } from './line-text.ts';
import { showTime, type Timestamps } from './log-time.ts';
import type { Ranges } from './query.ts';
import { segmentsOf, type Segment } from './segments.ts';
import type { Color, Style } from './sgr.ts';
import css from './LogList.module.css';

/** Characters of one line that the list shows. The rest is on demand. */
export const SHOWN = 16 * 1024;

/** Characters of a service's name that its column has room for. */
export const WIDEST_SERVICE = 20;
const TAIL = 8;

export type RowLook = {
  readonly timestamps: Timestamps;
  readonly now: number;
  readonly ranges: Ranges;
  readonly selected: boolean;
  /** Which of the tones a service's name has. */
  toneOf(service: string): number;
};

/** Makes `row` show `entry`, with text nodes only: whatever a service writes stays text. */
export function fillRow(row: HTMLElement, entry: LogEntry, look: RowLook): void {
  row.className = css.row ?? '';
  row.dataset.kind = entry.kind;
  row.dataset.level = levelOfEntry(entry);
  row.dataset.selected = String(look.selected);
  const service = element('span', css.service, cutName(entry.service));
  service.dataset.tone = String(look.toneOf(entry.service));
  service.title = entry.service;
  row.replaceChildren(...timeOf(entry, look), service, textOf(entry, look.ranges));
}

/** Cut in its middle, because names that begin alike differ in their ends. */
function cutName(name: string): string {
  return name.length <= WIDEST_SERVICE ? name : `${name.slice(0, WIDEST_SERVICE - TAIL - 1)}…${name.slice(-TAIL)}`;
}

function timeOf({ time }: LogEntry, { timestamps, now }: RowLook): readonly HTMLElement[] {
  if (timestamps === 'off') return [];
  const shown = element('time', css.time, showTime(time, timestamps, now));
  shown.title = time;
  return [shown];
}

function textOf(entry: LogEntry, ranges: Ranges): HTMLElement {
  const text = element('span', css.text);
  const spans = entry.raw === entry.text ? [] : readLine(entry.raw).spans;
  text.append(...segmentsOf(entry.text.slice(0, SHOWN), spans, ranges).map(segmentNode));
  const hidden = Math.max(entry.text.length, entry.cut ?? 0) - SHOWN;
  if (hidden > 0) {
    const more = element('button', css.more, `… ${hidden.toLocaleString('en')} more characters`);
    more.dataset.action = 'open';
    more.setAttribute('type', 'button');
    more.tabIndex = -1;
    text.append(more);
  }
  return text;
}

function segmentNode({ text, style, marked }: Segment): Node {
  const classes = [...classesOf(style), ...(marked ? [css.marked] : [])];
  if (classes.length === 0) return document.createTextNode(text);
  const node = element(marked ? 'mark' : 'span', classes.join(' '), text);
  if (style.foreground?.kind === 'exact') node.style.setProperty('--exact', style.foreground.value);
  if (style.background?.kind === 'exact') {
    node.style.setProperty('--exact-ground', style.background.value);
    node.style.setProperty('--on-ground', isLight(style.background.value) ? '#000' : '#fff');
  }
  return node;
}

const FLAGS = ['bold', 'dim', 'italic', 'underline', 'strike', 'inverse'] as const;

function classesOf(style: Style): (string | undefined)[] {
  const flags = FLAGS.filter((flag) => style[flag]).map((flag) => css[flag]);
  return [...flags, ...colorClass('ink', style.foreground), ...colorClass('ground', style.background)];
}

function colorClass(part: 'ink' | 'ground', color: Color | undefined): (string | undefined)[] {
  if (!color) return [];
  return [css[part], css[color.kind === 'palette' ? `${part}${color.index}` : `${part}Exact`]];
}

function isLight(color: string): boolean {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => parseInt(color.slice(at, at + 2), 16));
  return red * 0.299 + green * 0.587 + blue * 0.114 > 140;
}

function element(name: string, className?: string, text?: string): HTMLElement {
  const made = document.createElement(name);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}
