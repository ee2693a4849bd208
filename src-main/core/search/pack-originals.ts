import { KINDS, kindOf } from './grams.ts';
import { AnchorsKernel } from './kernel/anchors-kernel.ts';
import type { PlacedGrams } from './kernel/filter-kernel.ts';
import { OriginalList } from './original-list.ts';
import { OriginalSet, type Telling } from './original-set.ts';
import type { Origin } from './told-originals.ts';
import { withVariants } from './variants.ts';

/** Originals that are in memory at once. */
export const BATCH = 1 << 16;

/** Of how much a packed batch is made. */
export type BatchParts = { readonly count: number; readonly bytes: number; readonly variants: number; readonly variantBytes: number; readonly columns: readonly string[] };

/** Originals with other writings of them and the grams that were chosen of each, in one block. */
export type PackedBatch = {
  readonly packed: Uint8Array<ArrayBuffer>;
  readonly parts: BatchParts;
  /** Values that were too short to be one. */
  readonly tooShort: number;
  /** Patterns of each kind. */
  readonly kinds: readonly number[];
  /** 1 for each byte that occurs in them, in small or capital letters. */
  readonly seen: Uint8Array;
};

/** A batch to look into. */
export type OriginalBatch = {
  readonly originals: OriginalList;
  /** The originals themselves, and other writings of some of them. */
  readonly grams: readonly [own: PlacedGrams, variants: PlacedGrams];
  /** The original that each of the other writings is of. */
  readonly variantOf: Uint32Array;
};

/** Gathers originals, and packs them whenever there are as many as memory should hold. A value is there once in each batch. */
export class OriginalPacker {
  readonly recent: OriginalSet;
  private readonly most: number;
  private readonly anchors = new AnchorsKernel();
  private readonly hasOtherGrams: boolean;
  private readonly onPacked: (batch: PackedBatch) => void;

  /** `hasOtherGrams` tells that other grams of the originals are chosen than usual. */
  constructor(onPacked: (batch: PackedBatch) => void, { telling, most = BATCH, hasOtherGrams = false }: { readonly telling?: Telling; readonly most?: number; readonly hasOtherGrams?: boolean } = {}) {
    this.onPacked = onPacked;
    this.hasOtherGrams = hasOtherGrams;
    this.most = most;
    this.recent = new OriginalSet(telling, most);
  }

  add(value: Uint8Array | string, column: string): void {
    this.recent.add(value, column);
    if (this.recent.size >= this.most) this.flush();
  }

  /** The same for a batch of values. */
  addBatch(batch: Uint8Array, origin: Origin): void {
    for (let at = 0; at < batch.length; ) {
      at = this.recent.addBatch(batch, at, origin, this.most);
      if (this.recent.size >= this.most) this.flush();
    }
  }

  /** Packs what there is. */
  flush(): void {
    const { recent } = this;
    if (recent.size === 0 && recent.tooShort === 0) return;
    const { patterns, originalOf, bytes: seen } = withVariants(recent);
    const { starts, labels, bytes, columns } = recent.packed;
    const others = patterns.starts.subarray(recent.size).map((start) => start - bytes.length);
    const packed = joined([starts, others, originalOf.subarray(recent.size), labels, this.anchors.choose(patterns, this.hasOtherGrams), patterns.bytes]);
    const parts: BatchParts = { count: labels.length, bytes: bytes.length, variants: patterns.count - recent.size, variantBytes: patterns.bytes.length - bytes.length, columns: [...columns] };
    const kinds = KINDS.map(() => 0);
    for (let pattern = 0; pattern < patterns.count; pattern++) {
      const kind = kindOf((patterns.starts[pattern + 1] ?? 0) - (patterns.starts[pattern] ?? 0));
      kinds[kind] = (kinds[kind] ?? 0) + 1;
    }
    this.onPacked({ packed, parts, tooShort: recent.tooShort, kinds, seen });
    recent.clear();
  }
}

function joined(lists: readonly (Uint8Array | Uint16Array | Uint32Array)[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(lists.reduce((sum, { byteLength }) => sum + byteLength, 0));
  let at = 0;
  for (const { buffer, byteOffset, byteLength } of lists) {
    whole.set(new Uint8Array(buffer, byteOffset, byteLength), at);
    at += byteLength;
  }
  return whole;
}

/** A packed batch, and which its first original is among all. */
export type PlacedBatch = { readonly first: number; readonly parts: BatchParts; readonly packed: Uint8Array<ArrayBuffer> };

/** How many bytes a packed batch has. */
export const lengthOf = ({ count, bytes, variants, variantBytes }: BatchParts): number => (count + 1) * 4 + (variants + 1) * 4 + variants * 4 + count * 2 + count + variants + bytes + variantBytes;

/** A batch as it lies at the beginning of a memory. */
export function openBatch({ count, bytes, variants, variantBytes, columns }: BatchParts, memory: ArrayBuffer): OriginalBatch {
  const starts = new Uint32Array(memory, 0, count + 1);
  const others = new Uint32Array(memory, starts.byteLength, variants + 1);
  const variantOf = new Uint32Array(memory, others.byteOffset + others.byteLength, variants);
  const labels = new Uint16Array(memory, variantOf.byteOffset + variantOf.byteLength, count);
  const anchors = new Uint8Array(memory, labels.byteOffset + labels.byteLength, count + variants);
  const own = new Uint8Array(memory, anchors.byteOffset + anchors.byteLength, bytes);
  const written = new Uint8Array(memory, own.byteOffset + bytes, variantBytes);
  return {
    originals: new OriginalList({ starts, labels, bytes: own, columns }),
    grams: [
      { patterns: { bytes: own, starts, count }, anchors: anchors.subarray(0, count) },
      { patterns: { bytes: written, starts: others, count: variants }, anchors: anchors.subarray(count) },
    ],
    variantOf,
  };
}
