import { newText, type Text } from './gram-index.ts';

/** How a value was written where it was found. */
export type Encoding = (typeof ENCODINGS)[number];
export const ENCODINGS = ['plain', 'utf-16', 'hex', 'base64', 'escaped', 'digits'] as const;

/** A piece of what was decoded: from where to where it lies there, and where in the text it was read from. */
export type Piece = { readonly start: number; readonly end: number; readonly origin: number };

const CAPACITY = 1 << 18;
/** What parts the runs of a view: no value has it inside. */
const GAP = 0;

/** Decoded pieces of a text, one after the other, with where each comes from; handed on whenever enough have come together. */
export class View {
  readonly encoding: Encoding;
  private readonly memory = newText(CAPACITY);
  private readonly handOn: (view: View) => void;
  private length = 0;
  private starts = new Int32Array(1 << 10);
  private origins = new Int32Array(1 << 10);
  private pieces = 0;

  constructor(encoding: Encoding, handOn: (view: View) => void) {
    this.encoding = encoding;
    this.handOn = handOn;
  }

  /** Begins a piece that was read from `origin`. */
  begin(origin: number): void {
    if (this.length > CAPACITY >> 1) this.flush();
    if (this.length > 0) this.memory.bytes[this.length++] = GAP;
    this.note(origin);
  }

  push(byte: number): void {
    if (this.length >= CAPACITY - 1) this.split();
    this.memory.bytes[this.length++] = byte;
  }

  /** Takes the bytes between two places. */
  pushPart(source: Uint8Array, from: number, to: number): void {
    for (let at = from; at < to; ) {
      if (this.length >= CAPACITY - 1) this.split();
      const { bytes } = this.memory;
      const end = Math.min(to, at + CAPACITY - 1 - this.length);
      let { length } = this;
      while (at < end) bytes[length++] = source[at++] ?? 0;
      this.length = length;
    }
  }

  /** Takes pieces that lie in a row with a gap after each; of each is listed where it was read from, and where it ends in the row. */
  takeRow(source: Uint8Array, { list, count }: { readonly list: Uint32Array; readonly count: number }): void {
    let from = 0;
    for (let next = 0; next < count; ) {
      if (this.length > CAPACITY >> 1) this.flush();
      const first = next;
      const start = from;
      for (let end = list[next * 2 + 1] ?? 0; next < count && end - start < CAPACITY >> 1; end = list[next * 2 + 1] ?? 0) {
        this.note(list[next * 2] ?? 0, this.length + from - start);
        from = end + 1;
        next += 1;
      }
      this.memory.bytes.set(source.subarray(start, from), this.length);
      this.length += from - start;
      if (next > first) continue;
      // One that is longer than half of the memory.
      const end = list[next * 2 + 1] ?? 0;
      this.begin(list[next * 2] ?? 0);
      this.pushPart(source, from, end + 1);
      from = end + 1;
      next += 1;
    }
  }

  /** Hands on what there is. */
  flush(): void {
    if (this.length === 0) return;
    this.memory.bytes.fill(0, this.length, this.length + 16);
    this.handOn(this);
    this.length = 0;
    this.pieces = 0;
  }

  get text(): Text {
    return { ...this.memory, length: this.length };
  }

  /** The piece that holds this position. */
  pieceOf(position: number): Piece {
    let [low, high] = [0, this.pieces - 1];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.starts[middle] ?? 0) <= position) low = middle;
      else high = middle - 1;
    }
    return { start: this.starts[low] ?? 0, end: low + 1 < this.pieces ? (this.starts[low + 1] ?? 0) : this.length, origin: this.origins[low] ?? 0 };
  }

  /** A piece longer than the memory goes on with what a value at its border would need. */
  private split(): void {
    const kept = this.memory.bytes.slice(this.length - 512, this.length);
    const origin = this.origins[this.pieces - 1] ?? 0;
    this.flush();
    this.note(origin);
    this.memory.bytes.set(kept);
    this.length = kept.length;
  }

  private note(origin: number, start = this.length): void {
    if (this.pieces === this.starts.length) [this.starts, this.origins] = [doubled(this.starts), doubled(this.origins)];
    this.starts[this.pieces] = start;
    this.origins[this.pieces] = origin;
    this.pieces += 1;
  }
}

function doubled(list: Int32Array): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(list.length * 2);
  larger.set(list);
  return larger;
}
