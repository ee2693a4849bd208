import { newText, type Text } from './gram-index.ts';

/** How a value was written where it was found. */
export type Encoding = 'plain' | 'utf-16' | 'hex' | 'base64' | 'escaped' | 'digits';

const CAPACITY = 1 << 18;
/** What parts the runs of a view: no value has it inside. */
const GAP = 0;

/** Decoded pieces of a text, one after the other, with where each comes from; handed on whenever enough have come together. */
export class View {
  readonly encoding: Encoding;
  private readonly memory = newText(CAPACITY);
  private readonly handOn: (view: View) => void;
  private length = 0;
  private readonly starts: number[] = [];
  private readonly origins: number[] = [];

  constructor(encoding: Encoding, handOn: (view: View) => void) {
    this.encoding = encoding;
    this.handOn = handOn;
  }

  /** Begins a piece that was read from `origin`. */
  begin(origin: number): void {
    if (this.length > CAPACITY >> 1) this.flush();
    if (this.length > 0) this.memory.bytes[this.length++] = GAP;
    this.starts.push(this.length);
    this.origins.push(origin);
  }

  push(byte: number): void {
    if (this.length >= CAPACITY - 1) this.split();
    this.memory.bytes[this.length++] = byte;
  }

  /** Hands on what there is. */
  flush(): void {
    if (this.length === 0) return;
    this.memory.bytes.fill(0, this.length, this.length + 16);
    this.handOn(this);
    this.length = 0;
    this.starts.length = 0;
    this.origins.length = 0;
  }

  get text(): Text {
    return { ...this.memory, length: this.length };
  }

  /** Where the piece that holds this position comes from. */
  originOf(position: number): number {
    let [low, high] = [0, this.starts.length - 1];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.starts[middle] ?? 0) <= position) low = middle;
      else high = middle - 1;
    }
    return this.origins[low] ?? 0;
  }

  /** A piece longer than the memory goes on with what a value at its border would need. */
  private split(): void {
    const kept = this.memory.bytes.slice(this.length - 512, this.length);
    const origin = this.origins.at(-1) ?? 0;
    this.flush();
    this.starts.push(0);
    this.origins.push(origin);
    this.memory.bytes.set(kept);
    this.length = kept.length;
  }
}
