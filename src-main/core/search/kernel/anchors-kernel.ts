import type { Patterns } from '../grams.ts';
import { loadKernel, type Kernel } from './load-kernel.ts';
import { BESIDE } from './search-memory.ts';

/** Where everything is: keys of the places of one pattern, counters, and from there on what depends on the patterns. */
const ROOM = 1 << 12;
const COUNTERS = ROOM + (1 << 10);

/** Chooses which grams are kept of patterns. It serves any number of times, in one memory. */
export class AnchorsKernel {
  private kernel: Kernel | undefined;
  private memory = new Uint8Array(0);

  /** For each pattern, where its grams begin that are kept: 255 for those that are too short to have any. Others are chosen where `isOther`. There until the next call. */
  choose({ bytes, starts, count }: Patterns, isOther = false): Uint8Array {
    const used = starts[count] ?? 0;
    const counters = countersFor(count);
    const placesAt = COUNTERS + counters;
    const startsAt = placesAt + count * 8;
    const anchorsAt = startsAt + (count + 1) * 4;
    const bytesAt = (anchorsAt + count + BESIDE + 63) & ~63;
    const { kernel, memory } = this.ready(bytesAt + used + BESIDE);
    memory.fill(0, COUNTERS, placesAt);
    new Uint32Array(memory.buffer, startsAt, count + 1).set(starts.subarray(0, count + 1));
    memory.set(bytes.subarray(0, used), bytesAt);
    const shift = 32 - Math.log2(counters);
    kernel.countPlaces(bytesAt, startsAt, count, COUNTERS, shift, ROOM, placesAt);
    kernel.chooseAnchors(bytesAt, startsAt, count, COUNTERS, shift, placesAt, anchorsAt, isOther);
    return memory.subarray(anchorsAt, anchorsAt + count);
  }

  private ready(bytes: number): { readonly kernel: Kernel; readonly memory: Uint8Array } {
    if (!this.kernel || this.memory.length < bytes) {
      const { kernel, memory } = loadKernel(bytes + (bytes >> 2));
      [this.kernel, this.memory] = [kernel, new Uint8Array(memory)];
    }
    return { kernel: this.kernel, memory: this.memory };
  }
}

/** How many grams of so many patterns are counted apart: a power of two. More would not stay in the processor's cache. */
const countersFor = (patterns: number): number => 2 ** Math.min(22, Math.max(12, Math.ceil(Math.log2(patterns + 1)) + 2));
