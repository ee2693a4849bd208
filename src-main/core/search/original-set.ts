import { FOLD } from './fold.ts';

/** Longer values are searched by pieces of this length. */
const PIECE = 64;

/** How short an original may be so that finding it says something: bytes of text, and digits of a number. */
export type Telling = { readonly bytes: number; readonly digits: number };

/** The originals of a set one after the other, where each begins, and the number of its column. */
export type PackedOriginals = { readonly bytes: Uint8Array; readonly starts: Uint32Array; readonly labels: Uint16Array; readonly columns: readonly string[] };

const encoder = new TextEncoder();

/**
 * Values that must not be found again, each once, however written in small or capital letters. Values lie in one block of memory
 * without an object each: a million e-mail addresses take about 40 MB. Those too short to say anything are only counted.
 */
export class OriginalSet {
  readonly telling: Telling;
  private arena: Uint8Array = new Uint8Array(1 << 16);
  private used = 0;
  private starts: Uint32Array = new Uint32Array(1 << 12);
  private labels: Uint16Array = new Uint16Array(1 << 12);
  private slots: Int32Array;
  private readonly columns: string[] = [];
  private readonly columnNumbers = new Map<string, number>();
  private count = 0;
  private short = 0;

  /** `expected` is how many there will be: room is made for so many at once. */
  constructor(telling: Telling = { bytes: 6, digits: 9 }, expected = 1 << 12) {
    this.slots = new Int32Array(2 ** Math.ceil(Math.log2(expected * 2))).fill(-1);
    this.telling = { bytes: Math.max(6, telling.bytes), digits: telling.digits };
  }

  /** A set as `packed` gave it, to be searched for: nothing can be added. It lives in the memory that it was given. */
  static of({ bytes, starts, labels, columns }: PackedOriginals, telling: Telling): OriginalSet {
    const set = new OriginalSet(telling);
    [set.arena, set.starts, set.labels, set.used, set.count] = [bytes, starts, labels, bytes.length, labels.length];
    set.columns.push(...columns);
    return set;
  }

  /** All that the set holds, in memory of its own. */
  packed(): PackedOriginals {
    return { bytes: this.arena.subarray(0, this.used), starts: this.starts.subarray(0, this.count + 1), labels: this.labels.subarray(0, this.count), columns: this.columns };
  }

  /** Originals kept; each piece of a long one counts. */
  get size(): number {
    return this.count;
  }

  /** Values that were too short to be searched for, repeated ones included. */
  get tooShort(): number {
    return this.short;
  }

  /** Takes a value of a protected column (`shop.public.customers.email`). The bytes are copied. */
  add(value: Uint8Array | string, column: string): void {
    const bytes = typeof value === 'string' ? encoder.encode(value) : value;
    this.addPart(bytes, 0, bytes.length, column);
  }

  /** The same for the bytes from one place to another. */
   
  addPart(bytes: Uint8Array, from: number, to: number, column: string): void {
    let [start, end] = [from, to];
    while (start < end && (bytes[start] ?? 0) <= 0x20) start += 1;
    while (end > start && (bytes[end - 1] ?? 0) <= 0x20) end -= 1;
    if (!this.tells(bytes, start, end)) {
      this.short += 1;
      return;
    }
    const label = this.labelOf(column);
    if (end - start <= PIECE) return this.insert(bytes, start, end, label);
    const value = bytes.subarray(start, end);
    const last = value.length - PIECE;
    for (const first of new Set([0, last >> 1, last])) {
      const piece = wholeLetters(value, first, first + PIECE);
      if (this.tells(piece, 0, piece.length)) this.insert(piece, 0, piece.length, label);
    }
  }

  /** Takes an original of another set as it is there. */
  take(other: OriginalSet, id: number): void {
    this.insert(other.bytes, other.start(id), other.start(id + 1), this.labelOf(other.column(id)));
  }

  /** Where an original's bytes lie in `bytes`. */
  start(id: number): number {
    return this.starts[id] ?? 0;
  }

  length(id: number): number {
    return this.start(id + 1) - this.start(id);
  }

  get bytes(): Uint8Array {
    return this.arena;
  }

  /** The column that the original was first seen in. */
  column(id: number): string {
    return this.columns[this.labels[id] ?? 0] ?? '';
  }

  value(id: number): Uint8Array {
    return this.arena.subarray(this.start(id), this.start(id + 1));
  }

  private tells(bytes: Uint8Array, from: number, to: number): boolean {
    if (to - from < this.telling.bytes) return false;
    let digits = 0;
    let others = 0;
    for (let index = from; index < to && index < from + PIECE; index++) {
      const kind = KINDS[bytes[index] ?? 0] ?? 0;
      digits += kind & 1;
      others += kind >> 1;
    }
    return digits >= this.telling.digits || others * LETTER + digits * DIGIT >= TELLING;
  }

   
  private insert(bytes: Uint8Array, from: number, to: number, label: number): void {
    const mask = this.slots.length - 1;
    let slot = hashPart(bytes, from, to) & mask;
    for (let id = this.slots[slot] ?? -1; id !== -1; id = this.slots[slot] ?? -1) {
      if (this.equals(id, bytes, from, to)) return;
      slot = (slot + 1) & mask;
    }
    this.slots[slot] = this.append(bytes, from, to, label);
    if (this.count * 2 > this.slots.length) this.rehash();
  }

   
  private append(bytes: Uint8Array, from: number, to: number, label: number): number {
    const id = this.count++;
    this.arena = grown(this.arena, this.used + to - from);
    const { arena } = this;
    let { used } = this;
    for (let index = from; index < to; index++) arena[used++] = bytes[index] ?? 0;
    this.used = used;
    this.starts = grown(this.starts, this.count + 1);
    this.labels = grown(this.labels, this.count);
    this.starts[this.count] = used;
    this.labels[id] = label;
    return id;
  }

   
  private equals(id: number, bytes: Uint8Array, from: number, to: number): boolean {
    const start = this.start(id);
    if (this.length(id) !== to - from) return false;
    for (let index = 0; index < to - from; index++) if (FOLD[this.arena[start + index] ?? 0] !== FOLD[bytes[from + index] ?? 0]) return false;
    return true;
  }

  private rehash(): void {
    const mask = this.slots.length * 2 - 1;
    this.slots = new Int32Array(mask + 1).fill(-1);
    for (let id = 0; id < this.count; id++) {
      let slot = hashPart(this.arena, this.start(id), this.start(id + 1)) & mask;
      while (this.slots[slot] !== -1) slot = (slot + 1) & mask;
      this.slots[slot] = id;
    }
  }

  private labelOf(column: string): number {
    const known = this.columnNumbers.get(column);
    if (known !== undefined) return known;
    const label = Math.min(this.columns.push(column), 0xffff) - 1;
    this.columnNumbers.set(column, label);
    return label;
  }
}

/** What a letter and a digit tell, in bits, and how much finding a value has to: six letters, or nine digits, or a mixture. */
const LETTER = 4.7;
const DIGIT = 3.3;
const TELLING = 28;

/** What parts the groups of a number: it says nothing by itself. */
const PUNCTUATION = new Set([...' -./()+:,_#'].map((character) => character.charCodeAt(0)));

/** 1 for digits, 2 for everything else that tells something. */
const KINDS = Uint8Array.from({ length: 256 }, (_, byte) => (byte >= 0x30 && byte <= 0x39 ? 1 : byte <= 0x1f || byte === 0xff || PUNCTUATION.has(byte) ? 0 : 2));

/** A piece without the letters that its borders cut. */
function wholeLetters(bytes: Uint8Array, from: number, to: number): Uint8Array {
  let [start, end] = [from, to];
  while (start < from + 3 && isInner(bytes[start])) start += 1;
  while (end > to - 3 && isInner(bytes[end])) end -= 1;
  return bytes.subarray(start, end);
}

/** Whether a byte of UTF-8 goes on with a letter that began before. */
const isInner = (byte: number | undefined) => byte !== undefined && (byte & 0xc0) === 0x80;

/** A 32-bit hash that is the same for small and capital letters. */
export const hashFolded = (bytes: Uint8Array): number => hashPart(bytes, 0, bytes.length);

function hashPart(bytes: Uint8Array, from: number, to: number): number {
  let hash = 0x811c9dc5;
  for (let index = from; index < to; index++) hash = Math.imul(hash ^ (FOLD[bytes[index] ?? 0] ?? 0), 0x01000193);
  return (hash ^ (hash >>> 15)) >>> 0;
}

function grown<List extends Uint8Array | Uint16Array | Uint32Array>(list: List, needed: number): List {
  if (needed <= list.length) return list;
  const larger = new (list.constructor as new (length: number) => List)(Math.max(needed, list.length + (list.length >> 1)));
  larger.set(list);
  return larger;
}
