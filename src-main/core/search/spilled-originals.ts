import { OriginalSet, type Telling } from './original-set.ts';

/** Where more is put than memory should hold. Only who wrote it can read it, and it is gone when it is closed, or with the process. */
export type Scratch = { write(bytes: Uint8Array): void; /** Fills `into` with what was written from there on. */ read(into: Uint8Array, from: number): void };

/** Originals that are in memory at once. */
const BATCH = 1 << 16;

type Batch = { readonly from: number; readonly bytes: number; readonly count: number; readonly columns: readonly string[] };

/** Any number of originals in little memory: batches of them, all but the last in a scratch. A value is there once in each batch. */
export class SpilledOriginals {
  readonly telling: Telling;
  private readonly scratch: Scratch;
  private readonly most: number;
  private readonly spilled: Batch[] = [];
  private recent: OriginalSet;
  private written = 0;
  private sum = 0;
  private short = 0;

  constructor(scratch: Scratch, most = BATCH) {
    this.scratch = scratch;
    this.most = most;
    this.recent = new OriginalSet();
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

  /** All originals, batch by batch, always in the same order. A batch is there until the next one is asked for. */
  *batches(): Generator<OriginalSet> {
    const memory = new ArrayBuffer(Math.max(0, ...this.spilled.map(lengthOf)));
    for (const batch of this.spilled) yield this.readBatch(batch, memory);
    if (this.recent.size > 0 || this.spilled.length === 0) yield this.recent;
  }

  private spill(): void {
    const { bytes, starts, labels, columns } = this.recent.packed();
    for (const part of [starts, labels, bytes]) this.scratch.write(new Uint8Array(part.buffer, part.byteOffset, part.byteLength));
    const batch = { from: this.written, bytes: bytes.length, count: labels.length, columns };
    this.spilled.push(batch);
    this.written += lengthOf(batch);
    this.sum += this.recent.size;
    this.short += this.recent.tooShort;
    this.recent = new OriginalSet();
  }

  private readBatch(batch: Batch, memory: ArrayBuffer): OriginalSet {
    this.scratch.read(new Uint8Array(memory, 0, lengthOf(batch)), batch.from);
    const starts = new Uint32Array(memory, 0, batch.count + 1);
    const labels = new Uint16Array(memory, starts.byteLength, batch.count);
    return OriginalSet.of({ starts, labels, bytes: new Uint8Array(memory, starts.byteLength + labels.byteLength, batch.bytes), columns: batch.columns }, this.telling);
  }
}

const lengthOf = ({ bytes, count }: Batch): number => (count + 1) * 4 + count * 2 + bytes;
