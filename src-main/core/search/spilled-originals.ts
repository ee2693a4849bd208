import { GramFilter } from './gram-filter.ts';
import { anchorsOf, KINDS, kindOf, newCounter } from './grams.ts';
import type { PlacedGrams } from './kernel/filter-kernel.ts';
import { OriginalSet, type Telling } from './original-set.ts';
import { withVariants } from './variants.ts';

/** Where more is put than memory should hold. Only who wrote it can read it, and it is gone when it is closed, or with the process. */
export type Scratch = { write(bytes: Uint8Array): void; /** Fills `into` with what was written from there on. */ read(into: Uint8Array, from: number): void };

/** Originals that are in memory at once. */
const BATCH = 1 << 16;

/** A part of the originals: which they are among all, and what is searched for of each. */
export type OriginalBatch = {
  readonly first: number;
  readonly originals: OriginalSet;
  /** The originals themselves, and other writings of some of them. */
  readonly grams: readonly [own: PlacedGrams, variants: PlacedGrams];
  /** The original that each of the other writings is of. */
  readonly variantOf: Uint32Array;
};

/** Where a batch lies in the scratch, and of how much it is made. */
type Spilled = { readonly first: number; readonly from: number; readonly count: number; readonly bytes: number; readonly variants: number; readonly variantBytes: number; readonly columns: readonly string[] };

/** Any number of originals in little memory: batches of them in a scratch, with the grams that were chosen of each. A value is there once in each batch. */
export class SpilledOriginals {
  readonly telling: Telling;
  /** Which bytes occur in any original that was spilled, in small or capital letters. */
  readonly bytes = new Uint8Array(256);
  private readonly scratch: Scratch;
  private readonly most: number;
  private readonly spilled: Spilled[] = [];
  private readonly counter: Uint8Array;
  private recent: OriginalSet;
  private written = 0;
  private sum = 0;
  private short = 0;
  /** Patterns of each kind: a filter for all of them is as large as they are many. */
  private readonly patterns = KINDS.map(() => 0);
  private kept: { readonly from: number; readonly count: number; readonly filter: GramFilter } | undefined;

  constructor(scratch: Scratch, most = BATCH) {
    this.scratch = scratch;
    this.most = most;
    this.counter = newCounter(most / 4);
    this.recent = new OriginalSet(undefined, most);
    this.telling = this.recent.telling;
  }

  /** Originals kept: values that come again in another batch count again. */
  get size(): number {
    return this.sum + this.recent.size;
  }

  get tooShort(): number {
    return this.short + this.recent.tooShort;
  }

  /** All of them, where memory holds them. */
  get whole(): OriginalSet | undefined {
    return this.spilled.length === 0 ? this.recent : undefined;
  }

  add(value: Uint8Array | string, column: string): void {
    this.recent.add(value, column);
    if (this.recent.size >= this.most) this.spill();
  }

  /** The same for the bytes from one place to another. */
   
  addPart(bytes: Uint8Array, from: number, to: number, column: string): void {
    this.recent.addPart(bytes, from, to, column);
    if (this.recent.size >= this.most) this.spill();
  }

  /** The originals from one to another, batch by batch, of those that are wanted. A batch is there until the next one is asked for. */
  *batches(from = 0, to = Infinity, isWanted: (first: number, count: number) => boolean = () => true): Generator<OriginalBatch> {
    if (this.recent.size > 0) this.spill();
    let memory = new ArrayBuffer(0);
    for (const batch of this.spilled) {
      if (batch.first < from || batch.first >= to || !isWanted(batch.first, batch.count)) continue;
      if (lengthOf(batch) > memory.byteLength) memory = new ArrayBuffer(lengthOf(batch));
      yield this.read(batch, memory);
    }
  }

  /** A filter of the originals from one to another. The latest is kept: whoever looks again for the same need not wait for it. */
  filter(from: number, to: number): GramFilter {
    if (this.recent.size > 0) this.spill();
    if (this.kept?.from === from && this.kept.count === this.size) return this.kept.filter;
    this.kept = undefined;
    const share = (Math.min(to, this.size) - from) / this.size;
    const filter = new GramFilter(this.patterns.map((count) => count * share));
    for (const { grams } of this.batches(from, to)) for (const placed of grams) filter.add(placed);
    this.kept = { from, count: this.size, filter };
    return filter;
  }

  private spill(): void {
    const { recent, counter } = this;
    const { starts, labels, bytes, columns } = recent.packed();
    const { patterns, originalOf, bytes: seen } = withVariants(recent);
    const anchors = anchorsOf(patterns, counter);
    const others = patterns.starts.subarray(recent.size).map((start) => start - bytes.length);
    const parts = [starts, others, originalOf.subarray(recent.size), labels, anchors, patterns.bytes];
    for (const part of parts) this.scratch.write(new Uint8Array(part.buffer, part.byteOffset, part.byteLength));
    const batch: Spilled = { first: this.sum, from: this.written, count: labels.length, bytes: bytes.length, variants: patterns.count - recent.size, variantBytes: patterns.bytes.length - bytes.length, columns };
    this.spilled.push(batch);
    this.written += lengthOf(batch);
    this.sum += recent.size;
    this.short += recent.tooShort;
    for (let pattern = 0; pattern < patterns.count; pattern++) {
      const kind = kindOf((patterns.starts[pattern + 1] ?? 0) - (patterns.starts[pattern] ?? 0));
      this.patterns[kind] = (this.patterns[kind] ?? 0) + 1;
    }
    seen.forEach((one, byte) => (this.bytes[byte] = (this.bytes[byte] ?? 0) | one));
    this.recent = new OriginalSet(this.telling, this.most);
  }

  private read(batch: Spilled, memory: ArrayBuffer): OriginalBatch {
    const { first, from, count, bytes, variants, variantBytes, columns } = batch;
    this.scratch.read(new Uint8Array(memory, 0, lengthOf(batch)), from);
    const starts = new Uint32Array(memory, 0, count + 1);
    const others = new Uint32Array(memory, starts.byteLength, variants + 1);
    const variantOf = new Uint32Array(memory, others.byteOffset + others.byteLength, variants);
    const labels = new Uint16Array(memory, variantOf.byteOffset + variantOf.byteLength, count);
    const anchors = new Uint8Array(memory, labels.byteOffset + labels.byteLength, count + variants);
    const own = new Uint8Array(memory, anchors.byteOffset + anchors.byteLength, bytes);
    const written = new Uint8Array(memory, own.byteOffset + bytes, variantBytes);
    return {
      first,
      originals: OriginalSet.of({ starts, labels, bytes: own, columns }, this.telling),
      grams: [
        { patterns: { bytes: own, starts, count }, anchors: anchors.subarray(0, count) },
        { patterns: { bytes: written, starts: others, count: variants }, anchors: anchors.subarray(count) },
      ],
      variantOf,
    };
  }
}

const lengthOf = ({ count, bytes, variants, variantBytes }: Spilled): number => (count + 1) * 4 + (variants + 1) * 4 + variants * 4 + count * 2 + count + variants + bytes + variantBytes;
