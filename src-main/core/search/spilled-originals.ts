import { KINDS } from './grams.ts';
import type { LookedFor } from './look.ts';
import { OriginalSet, type Telling } from './original-set.ts';
import { BATCH, lengthOf, openBatch, OriginalPacker, type BatchParts, type OriginalBatch, type PackedBatch, type PlacedBatch } from './pack-originals.ts';
import type { Origin } from './told-originals.ts';
import type { Aside } from './windows.ts';

/** Where more is put than memory should hold. Only who wrote it can read it, and it is gone when it is closed, or with the process. */
export type Scratch = { write(bytes: Uint8Array): void; /** Fills `into` with what was written from there on. */ read(into: Uint8Array, from: number): void };

/** Where a batch lies in the scratch, and which are its originals among all. */
type Spilled = { readonly first: number; readonly from: number; readonly parts: BatchParts };

/** Any number of originals in little memory: batches of them in a scratch, with the grams that were chosen of each. A value is there once in each batch. */
export class SpilledOriginals {
  readonly telling: Telling;
  /** Which bytes occur in any original that was spilled, in small or capital letters. */
  readonly bytes = new Uint8Array(256);
  /** Room beside the originals for what else memory should not hold. */
  readonly aside: Aside;
  private readonly most: number;
  private readonly packer: OriginalPacker;
  private spilled: Spilled[] = [];
  private sum = 0;
  private short = 0;
  /** Patterns of each kind: a filter for all of them is as large as they are many. */
  private readonly patterns = KINDS.map(() => 0);
  private latest: { readonly size: number; readonly set: OriginalSet } | undefined;

  /** `former` are originals of which these are some, in the same scratch: with other grams than they have there. */
  constructor(scratch: Scratch | { readonly former: SpilledOriginals }, most = BATCH) {
    const former = 'former' in scratch ? scratch.former : undefined;
    this.aside = 'former' in scratch ? scratch.former.aside : asideIn(scratch);
    this.most = most;
    this.packer = new OriginalPacker((batch) => this.take(batch), { most, hasOtherGrams: former !== undefined, ...(former && { telling: former.telling }) });
    this.telling = this.packer.recent.telling;
  }

  /** Originals kept: values that come again in another batch count again. */
  get size(): number {
    return this.sum + this.packer.recent.size;
  }

  /** In how many writings what was spilled is looked for: letters beyond ASCII have several. */
  get patternCount(): number {
    return this.patterns.reduce((sum, count) => sum + count, 0);
  }

  get tooShort(): number {
    return this.short + this.packer.recent.tooShort;
  }

  /** All of them, where a batch holds them. */
  get whole(): OriginalSet | undefined {
    return this.together(this.most);
  }

  /** All of them as one set, where they are no more than so many. */
  together(most: number): OriginalSet | undefined {
    if (this.size > most) return undefined;
    if (this.latest?.size === this.size) return this.latest.set;
    const set = new OriginalSet(this.telling);
    for (const { originals } of this.batches()) for (let id = 0; id < originals.size; id++) set.take(originals, id);
    this.latest = { size: this.size, set };
    return set;
  }

  add(value: Uint8Array | string, column: string): void {
    this.packer.add(value, column);
  }

  /** The same for a batch of values. */
  addBatch(batch: Uint8Array, origin: Origin): void {
    this.packer.addBatch(batch, origin);
  }

  /** Takes what was gathered and packed elsewhere, by the same measure of what tells. */
  take({ packed, parts, tooShort, kinds, seen }: PackedBatch): void {
    this.spilled.push({ first: this.sum, from: this.aside.put(packed), parts });
    this.sum += parts.count;
    this.short += tooShort;
    kinds.forEach((count, kind) => (this.patterns[kind] = (this.patterns[kind] ?? 0) + count));
    seen.forEach((one, byte) => (this.bytes[byte] = (this.bytes[byte] ?? 0) | one));
  }

  /** The originals from one to another, batch by batch, of those that are wanted. A batch is there until the next one is asked for. */
  *batches(from = 0, to = Infinity, isWanted: (first: number, count: number) => boolean = () => true): Generator<OriginalBatch & { readonly first: number }> {
    let memory = new ArrayBuffer(0);
    const room = (length: number) => (memory = length > memory.byteLength ? new ArrayBuffer(length) : memory);
    for (const { first, parts, packed } of this.packedBatches({ from, to }, room, isWanted)) yield { first, ...openBatch(parts, packed.buffer) };
  }

  /** The same batches as they were packed, each in memory that is asked for, which has room for any of them. */
  *packedBatches({ from, to }: { readonly from: number; readonly to: number }, room: (length: number) => ArrayBuffer, isWanted: (first: number, count: number) => boolean = () => true): Generator<PlacedBatch> {
    this.packer.flush();
    const longest = this.spilled.reduce((length, { parts }) => Math.max(length, lengthOf(parts)), 0);
    for (const { first, from: at, parts } of this.spilled) {
      if (first < from || first >= to || !isWanted(first, parts.count)) continue;
      const packed = new Uint8Array(room(longest), 0, lengthOf(parts));
      this.aside.get(packed, at);
      yield { first, parts, packed };
    }
  }

  /** Where the last batch ends that begins before an original. */
  endOf(to: number): number {
    this.packer.flush();
    return this.spilled.reduce((end, { first, parts }) => (first < to ? first + parts.count : end), 0);
  }

  /** What a look for the originals from one to another has to know before it is told of them. */
  lookedFor({ from, to }: { readonly from: number; readonly to: number }): LookedFor {
    this.packer.flush();
    const share = (Math.min(to, this.size) - from) / this.size;
    return { patterns: this.patterns.map((count) => count * share), digits: this.telling.digits, bytes: this.bytes };
  }
}

function asideIn(scratch: Scratch): Aside {
  let written = 0;
  return {
    put(bytes) {
      const from = written;
      scratch.write(bytes);
      written += bytes.length;
      return from;
    },
    get: (into, from) => scratch.read(into, from),
  };
}
