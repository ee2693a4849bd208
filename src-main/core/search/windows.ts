import type { ByteSearch, Found } from './byte-search.ts';
import { noteFinding, type At, type SearchReport } from './note-findings.ts';
import { isOfText } from './part-of-value.ts';
import { ENCODINGS, type Encoding } from './view.ts';

/** Somewhere that holds more than memory should. */
export type Aside = { /** Answers where the bytes lie from now on. */ put(bytes: Uint8Array): number; /** Fills `into` with what was put there. */ get(into: Uint8Array, from: number): void };

/** Windows may come to so much, and beyond that to such a share of what was looked at: where they would be more, reading all again costs less. */
const MOST_KEPT = 1 << 26;
const MOST_SHARE = 0.6;

/** Whoever asks whether a value is only a part of one looks so far around it, and so far on for the end of a number. */
const AROUND = 256;
const NUMBER = 256;

/** What is put aside at once. The longest window, a whole text, has room in it. */
const BLOCK = 1 << 21;
/** Numbers before a window: its stream, writing, whether it was packed, its offset (two), how much of it was looked at before, its bytes, and for a number those of the text around it and where in that it begins. */
const HEADER = 9;

/** What is kept of a text around a place: a part of the text, or of what was decoded of it, then with what `at` tells of where it was read from. */
type Window = { readonly encoding: Encoding; readonly at: At; readonly seen: number; readonly bytes: Uint8Array; /** Where in the text of `at` what was decoded was read from. */ readonly origin: number };

/** Windows as they are handed over: the names of their streams, where their blocks lie aside, and the last block. */
export type KeptWindows = { readonly streams: readonly string[]; readonly blocks: readonly { readonly from: number; readonly length: number }[]; readonly last: Uint8Array; readonly areGivenUp: boolean };

/** Around each place where a look over streams found something, what an exact search needs to find it there as well: nothing need be read again. */
export class Windows {
  private readonly aside: Aside;
  private readonly most: number;
  private readonly streams: string[] = [];
  private readonly blocks: { readonly from: number; readonly length: number }[] = [];
  private readonly block = new Uint8Array(BLOCK);
  private used = 0;
  private sum = 0;
  private tooMany = false;

  constructor(aside: Aside, most = MOST_KEPT) {
    this.aside = aside;
    this.most = most;
  }

  /** All of them, to be searched elsewhere; what was put aside is there already. */
  get kept(): KeptWindows {
    return { streams: this.streams, blocks: this.blocks, last: this.block.slice(0, this.used), areGivenUp: this.tooMany };
  }

  /** Windows that were kept elsewhere. */
  static of({ streams, blocks, last, areGivenUp }: KeptWindows, aside: Aside): Windows {
    const windows = new Windows(aside);
    windows.streams.push(...streams);
    windows.blocks.push(...blocks);
    windows.block.set(last);
    [windows.used, windows.tooMany] = [last.length, areGivenUp];
    return windows;
  }

  /** Whether they are so many that they were not kept. */
  get areGivenUp(): boolean {
    return this.tooMany;
  }

  /** Keeps what is needed to search from where something was found to where it may end. Of the text, `seen` bytes were looked at before; `looked` is how much that was in all. */
  keep({ encoding, at: place, to, within }: Found, at: At, { seen, looked }: { readonly seen: number; readonly looked: number }): void {
    if (this.tooMany) return;
    if (!within) {
      const start = before(at.text, place);
      // A number may end later than what was looked for, and is looked at around that.
      return this.add({ encoding, at: from(at, start, start), seen: Math.max(0, seen - start), bytes: at.text.subarray(start, after(at.text, to + NUMBER)), origin: 0 }, looked);
    }
    const { text, pieceOf } = within;
    // No value goes on from one piece to the next.
    for (let first = within.from; first < within.to; ) {
      const piece = pieceOf(first);
      const last = Math.min(within.to, piece.end);
      const [begin, end] = encoding === 'escaped' ? [Math.max(piece.start, before(text, first)), Math.min(piece.end, after(text, last))] : [first, last];
      const [start, stop] = encoding === 'digits' ? [before(at.text, piece.origin), after(at.text, piece.origin + 2 * NUMBER)] : [piece.origin, piece.origin];
      this.add({ encoding, at: from(at, start, stop), seen: 0, bytes: text.subarray(begin, end), origin: piece.origin - start }, looked);
      first = piece.end;
    }
  }

  /** Adds to a report what an exact search finds, as one of all streams would. */
  search(search: ByteSearch, report: SearchReport): void {
    const memory = search.borrowMemory();
    for (const block of this.eachBlock()) {
      for (const { encoding, at, seen, bytes, origin } of this.windowsOf(block)) {
        memory.bytes.set(bytes);
        memory.bytes.fill(0, bytes.length, bytes.length + 16);
        const text = { ...memory, length: bytes.length };
        const place = encoding === 'plain' ? { ...at, text: memory.bytes.subarray(0, bytes.length) } : at;
        search.searchWritten({ text, encoding, seen, origin }, (found) => noteFinding(report, search.originals, found, place));
      }
    }
    search.giveBack(memory);
  }

  private add({ encoding, at, seen, bytes, origin }: Window, looked: number): void {
    const around = encoding === 'plain' ? 0 : at.text.length;
    const length = HEADER * 4 + ((bytes.length + around + 3) & ~3);
    if (this.used + length > BLOCK && !this.putAside(looked)) return;
    if (this.streams.at(-1) !== at.stream) this.streams.push(at.stream);
    const header = [this.streams.length - 1, ENCODINGS.indexOf(encoding), at.packed ? 1 : 0, at.base % 2 ** 31, Math.floor(at.base / 2 ** 31), seen, bytes.length, around, origin];
    new Int32Array(this.block.buffer, this.used, HEADER).set(header);
    this.block.set(bytes, this.used + HEADER * 4);
    if (around > 0) this.block.set(at.text, this.used + HEADER * 4 + bytes.length);
    this.used += length;
  }

  /** Answers false where there are too many. */
  private putAside(looked: number): boolean {
    this.sum += this.used;
    this.tooMany = this.sum > this.most && this.sum > looked * MOST_SHARE;
    if (!this.tooMany) this.blocks.push({ from: this.aside.put(this.block.subarray(0, this.used)), length: this.used });
    this.used = 0;
    return !this.tooMany;
  }

  private *eachBlock(): Generator<Uint8Array> {
    const read = new Uint8Array(this.blocks.length > 0 ? BLOCK : 0);
    for (const { from, length } of this.blocks) {
      const block = read.subarray(0, length);
      this.aside.get(block, from);
      yield block;
    }
    yield this.block.subarray(0, this.used);
  }

  private *windowsOf(block: Uint8Array): Generator<Window> {
    for (let next = 0; next < block.length; ) {
      const [stream = 0, writing = 0, packed, low = 0, high = 0, seen = 0, length = 0, around = 0, origin = 0] = new Int32Array(block.buffer, next, HEADER);
      const begin = next + HEADER * 4;
      const text = block.subarray(begin + length, begin + length + around);
      yield { encoding: ENCODINGS[writing] ?? 'plain', at: { stream: this.streams[stream] ?? '', base: high * 2 ** 31 + low, packed: packed === 1, text }, seen, bytes: block.subarray(begin, begin + length), origin };
      next = begin + ((length + around + 3) & ~3);
    }
  }
}

/** A part of a text, as a text that begins there. */
const from = (at: At, start: number, end: number): At => ({ ...at, base: at.base + start, text: at.text.subarray(start, end) });

/** Where what stands before a place begins that may belong to one value with it; and where ends what stands after it. */
function before(text: Uint8Array, place: number): number {
  let start = Math.max(0, Math.min(place, text.length));
  while (start > 0 && place - start < AROUND && isOfText(text[start - 1] ?? 0)) start -= 1;
  return start;
}

function after(text: Uint8Array, place: number): number {
  let end = Math.min(place, text.length);
  while (end < text.length && end - place < AROUND && isOfText(text[end] ?? 0)) end += 1;
  return end;
}
