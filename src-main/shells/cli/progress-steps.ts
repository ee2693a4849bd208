import type { OperationEvent, Progress } from '#contract/operations.ts';
import { drawAmount, formatAmount } from './draw-amount.ts';
import { formatSeconds } from './quantity.ts';
import type { Screen } from './screen.ts';
import { padEnd, textWidth } from './text-width.ts';

/** A step of long work that tells how far it is: the rows of one table, the bytes of one volume. */
export type StepRow = Progress & { readonly phase: string; readonly about: string | undefined; readonly bytes?: number; readonly began: number; readonly ended?: number };

/** Steps that are over and still shown: the latest ones. */
const MOST_ENDED = 8;

/** The steps after one more event, in the order in which they began. */
export function withStep(steps: readonly StepRow[], event: OperationEvent): readonly StepRow[] {
  if (event.type !== 'progress') return steps;
  const { phase, about, done, total, unit, bytes } = event;
  const now = Date.parse(event.time);
  const before = steps.find((step) => step.phase === phase && step.about === about);
  const isNew = !before || (before.ended !== undefined && done < before.done);
  const isOver = event.ended === true || (unit === 'steps' && done === total);
  const step: StepRow = { phase, about, done, unit, ...(total !== undefined && { total }), ...(bytes !== undefined && { bytes }), began: isNew ? now : before.began, ...(isOver && { ended: now }) };
  return isNew ? [...steps.filter((other) => other !== before), step] : steps.map((other) => (other === before ? step : other));
}

/** The steps that run, and the latest that are over. */
export function drawSteps(steps: readonly StepRow[], screen: Screen, frame: number): string[] {
  const { paint, symbols, clean } = screen;
  const over = new Set(steps.filter(({ ended }) => ended !== undefined).slice(0, -MOST_ENDED));
  const shown = steps.filter((step) => !over.has(step)).map((step) => ({ ...step, words: [step.phase, clean(step.about ?? '')] as const }));
  const [phaseWidth, aboutWidth] = [0, 1].map((index) => Math.max(0, ...shown.map(({ words }) => textWidth(words[index] ?? '')))) as [number, number];
  return shown.map((step) => {
    const symbol = step.ended === undefined ? paint.cyan(symbols.spinner[frame % symbols.spinner.length] ?? '') : paint.green(symbols.good);
    const time = paint.dim(formatSeconds(Math.max(0, (step.ended ?? Date.now()) - step.began) / 1000).padStart(7));
    return `  ${[symbol, padEnd(step.words[0], phaseWidth), padEnd(step.words[1], aboutWidth), time, step.unit === 'steps' ? '' : drawAmount(step, step.bytes === undefined ? '' : `(${formatAmount(step.bytes, 'bytes')})`, screen)].join('  ')}`.trimEnd();
  });
}

/** A step in one line, for logs. */
export function stepLine(step: StepRow, { clean }: Screen): string {
  const { phase, about, done, total, unit, began, ended } = step;
  const name = about === undefined ? phase : `${clean(about)}: ${phase}`;
  if (ended === undefined) return `${name}: ${formatAmount(done, unit)}${total === undefined ? '' : ` of ${formatAmount(total, unit)}`}${sizeOf(step)}`;
  return `${name}${unit === 'steps' ? '' : `: ${formatAmount(done, unit)}${sizeOf(step)}`} (${formatSeconds((ended - began) / 1000)})`;
}

/** How much the rows so far are. */
const sizeOf = ({ bytes }: StepRow): string => (bytes === undefined ? '' : `, ${formatAmount(bytes, 'bytes')}`);
