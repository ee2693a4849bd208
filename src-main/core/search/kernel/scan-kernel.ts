import type { Text } from '../gram-index.ts';
import { loadKernel, MOST_TEXT as MOST, type Kernel } from './load-kernel.ts';

/** Bytes of each mask, a bit for every byte of a text, and of each list of runs: no run is shorter than eight bytes. */
const ROOM = MOST / 8 + 64;
const TABLES = 1 << 12;
const MASKS = TABLES + 1024;
const RUNS = MASKS + 6 * ROOM;
const DIGITS = RUNS + MOST + 64;
const TEXT = DIGITS + MOST + 64;
const [WORD, HEX, NUMBER, DIGIT, ZERO, ESCAPE] = [0, 1, 2, 3, 4, 5].map((mask) => MASKS + mask * ROOM) as [number, number, number, number, number, number];

/** A text that is in a kernel. Of its first `seen` bytes, only what reaches beyond them counts. */
export type Scanned = { readonly text: Text; readonly seen: number; readonly scan: ScanKernel };

/** Where runs begin and end, one after the other; there until the next ones are asked for. */
export type Runs = { readonly list: Uint32Array; readonly count: number };

/** Finds in a text where something may stand in another writing. One scan serves everybody: what it finds is there until the next. */
export class ScanKernel {
  private readonly kernel: Kernel;
  private readonly bytes: Uint8Array;
  private readonly runs: Uint32Array;
  /** Digits of the numbers that were found, each followed by a zero. */
  readonly digits: Uint8Array;
  private length = 0;
  private seen = 0;

  constructor() {
    const { kernel, memory } = loadKernel(TEXT + MOST + 128);
    this.kernel = kernel;
    this.bytes = new Uint8Array(memory);
    this.runs = new Uint32Array(memory, RUNS, MOST / 4);
    this.digits = new Uint8Array(memory, DIGITS, MOST);
  }

  /** Takes a text. Runs that end before `seen` are left out. */
  begin(text: Text, seen: number): Scanned {
    const { bytes, length } = text;
    if (length > MOST) throw new RangeError(`a text of ${length} bytes is longer than can be scanned`);
    this.bytes.set(bytes.subarray(0, length), TEXT);
    this.bytes.fill(0, TEXT + length, TEXT + ((length + 63) & ~63) + 64);
    this.kernel.classify(TEXT, length, MASKS, ROOM);
    // No run goes on beyond the text.
    for (const mask of [WORD, HEX, NUMBER, DIGIT, ZERO, ESCAPE]) this.bytes.fill(0, mask + (((length + 63) & ~63) >> 3), mask + (((length + 63) & ~63) >> 3) + 8);
    [this.length, this.seen] = [length, seen];
    return { text, seen, scan: this };
  }

  /** Runs of letters and digits that can be base64, or may go on in the next line. `values` and `places` are of each letter. */
  words(values: Uint8Array, places: Uint8Array): Runs {
    this.bytes.set(values, TABLES);
    this.bytes.set(places, TABLES + 256);
    return this.found(this.kernel.wordRuns(TEXT, this.length, this.seen, WORD, TABLES, RUNS));
  }

  /** Runs of hexadecimal digits that can hold a value of the bytes that are marked with 1, or packed data. */
  hexadecimal(known: Uint8Array): Runs {
    this.bytes.set(known, TABLES);
    return this.found(this.kernel.hexRuns(TEXT, this.length, this.seen, HEX, TABLES, RUNS));
  }

  /** Numbers of so many digits at least that are written in groups: where each begins, and where its digits end in `digits`, in which those of the next one follow after a zero. */
  numbers(least: number): Runs {
    return this.found(this.kernel.numberRuns(TEXT, this.length, this.seen, least, NUMBER, DIGIT, DIGITS, RUNS));
  }

  /** Letters with a zero byte each. */
  utf16(): Runs {
    return this.found(this.kernel.utf16Runs(TEXT, this.length, this.seen, ZERO, RUNS));
  }

  /** The first and the last of escapes that stand no further from each other than `around`. `begins` and `follows` tell for each byte which escapes it is of. */
  escapes(begins: Uint8Array, follows: Uint8Array, around: number): Runs {
    this.bytes.set(begins, TABLES);
    this.bytes.set(follows, TABLES + 256);
    return this.found(this.kernel.escapeGroups(TEXT, this.length, around, ESCAPE, TABLES, RUNS));
  }

  private found(count: number): Runs {
    return { list: this.runs, count };
  }
}
