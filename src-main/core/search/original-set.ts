import { LONGEST_ORIGINAL, SetKernel, type Labels } from './kernel/set-kernel.ts';
import { OriginalList, type PackedOriginals } from './original-list.ts';
import { storedForms } from './stored-forms.ts';
import { otherLetters } from './other-letters.ts';
import { columnOfTold, lengthOfTold, type Origin } from './told-originals.ts';

/** How short an original may be so that finding it says something: bytes of text, and digits of a number. */
export type Telling = { readonly bytes: number; readonly digits: number };

const encoder = new TextEncoder();
/** A label has two bytes. */
const MOST_LABELS = 0xffff;

/**
 * Values that must not be found again, each once, however written in small or capital letters. Those too short to say anything are only counted, and
 * long ones are searched by pieces.
 */
export class OriginalSet extends OriginalList {
  readonly telling: Telling;
  private readonly kernel: SetKernel;
  private current: PackedOriginals | undefined;
  private readonly columnNumbers = new Map<string, number>();
  private readonly tables = new Map<string, Labels>();
  private readonly columns: string[] = [];

  /** `expected` is how many there will be: room is made for so many at once. */
  constructor({ bytes, digits }: Telling = { bytes: 6, digits: 9 }, expected = 1 << 12) {
    super();
    this.telling = { bytes: Math.max(6, bytes), digits };
    this.kernel = new SetKernel(this.telling, expected);
  }

  override get packed(): PackedOriginals {
    return (this.current ??= { ...this.kernel.originals, columns: this.columns });
  }

  override get size(): number {
    return this.kernel.count;
  }

  /** Values that were too short to be searched for, repeated ones included. */
  get tooShort(): number {
    return this.kernel.tooShort;
  }

  /** Takes a value of a protected column (`shop.public.customers.email`). The bytes are copied. */
  add(value: Uint8Array | string, column: string): void {
    this.addOne(typeof value === 'string' ? encoder.encode(value) : value, this.labelOf(column));
  }

  /** The same for a batch of values from a place on, until there are `most`; answers where it came to. */
  addBatch(batch: Uint8Array, from: number, origin: Origin, most = Infinity): number {
    const labels = this.labelsOf(origin);
    const view = new DataView(batch.buffer, batch.byteOffset, batch.byteLength);
    let at = from;
    while (at < batch.length && this.kernel.count < most) {
      const before = at;
      at = this.kernel.add(batch, at, labels, most);
      if (at > before) continue;
      const word = view.getUint32(at, true);
      const [length, column] = [lengthOfTold(word), columnOfTold(word)];
      if (at + 4 + length > batch.length) throw new RangeError('a batch of originals ends within one');
      this.addOne(batch.subarray(at + 4, at + 4 + length), column <= labels.named ? labels.label + column : labels.label);
      at += 4 + length;
    }
    this.current = undefined;
    return at;
  }

  /** Takes an original of another set as it is there. */
  take(other: OriginalList, id: number): void {
    this.addOne(other.value(id), this.labelOf(other.column(id)));
  }

  /** Forgets all of them; the memory stays. */
  clear(): void {
    this.kernel.clear();
    this.columnNumbers.clear();
    this.tables.clear();
    this.columns.length = 0;
    this.current = undefined;
  }

  /** Other writings of all of them. */
  forms(): ReturnType<SetKernel['forms']> {
    this.current = undefined;
    return this.kernel.forms(storedForms, otherLetters);
  }

  private addOne(value: Uint8Array, label: number): void {
    this.current = undefined;
    if (value.length <= LONGEST_ORIGINAL) return this.kernel.addValue(value, label);
    let [start, end] = [0, value.length];
    while (start < end && (value[start] ?? 0) <= 0x20) start += 1;
    while (end > start && (value[end - 1] ?? 0) <= 0x20) end -= 1;
    const trimmed = value.subarray(start, end);
    if (trimmed.length <= LONGEST_ORIGINAL) return this.kernel.addValue(trimmed, label);
    const last = trimmed.length - LONGEST_ORIGINAL;
    for (const first of new Set([0, last >> 1, last])) this.kernel.addValue(wholeLetters(trimmed, first, first + LONGEST_ORIGINAL), label);
  }

  private labelOf(column: string): number {
    const known = this.columnNumbers.get(column);
    if (known !== undefined) return known;
    const label = Math.min(this.columns.push(column), MOST_LABELS) - 1;
    this.columnNumbers.set(column, label);
    return label;
  }

  /** Labels of a table and, behind it, of its columns, as long as there are any. */
  private labelsOf({ table, columns }: Origin): Labels {
    const known = this.tables.get(table);
    if (known) return known;
    const isRoom = this.columns.length + columns.length < MOST_LABELS;
    const labels = isRoom ? { label: this.columns.push(table) - 1, named: columns.length } : { label: this.labelOf(table), named: 0 };
    if (isRoom) for (const column of columns) this.columns.push(`${table}.${column}`);
    this.tables.set(table, labels);
    return labels;
  }
}

/** A piece without the letters that its borders cut. */
function wholeLetters(bytes: Uint8Array, from: number, to: number): Uint8Array {
  let [start, end] = [from, to];
  while (start < from + 3 && isInner(bytes[start])) start += 1;
  while (end > to - 3 && isInner(bytes[end])) end -= 1;
  return bytes.subarray(start, end);
}

/** Whether a byte of UTF-8 goes on with a letter that began before. */
const isInner = (byte: number | undefined) => byte !== undefined && (byte & 0xc0) === 0x80;
