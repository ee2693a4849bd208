import type { Text } from '../gram-index.ts';
import { KINDS, type Kind, type Patterns } from '../grams.ts';
import { AnchorsKernel } from './anchors-kernel.ts';
import { loadKernel, type Kernel } from './load-kernel.ts';
import { BESIDE, FREE, SearchMemory, TEXT, type TableAt } from './search-memory.ts';

/** Bits of the filter for each gram, four of which are set. More would not stay in the processor's cache: ruling out a little less costs less. */
const BITS_PER_GRAM = 12;
/** Most that can be found at once, patterns that are told of at once, and those that are handed over at once. */
const MOST_FOUND = 1 << 13;
const ROOM = 1 << 12;
const PART = 1 << 12;

/** Where everything is that every index has: what comes of grams that were found, patterns that were chosen, and from there on what depends on how many there are. */
const WORK = FREE;
const MATCHES = WORK + (MOST_FOUND + 16) * 8;
const CHOSEN = MATCHES + (ROOM + 1) * 16;
const ANCHORS = CHOSEN + PART * 4;
const STARTS = ANCHORS + PART;

/** Tells that a pattern seems to be in the text, and where: bytes may differ by the bit that parts small letters from capital ones. */
export type OnMaybe = (pattern: number, start: number) => void;

/** The patterns of a kind, and where in each its grams begin. */
type Chosen = { readonly patterns: Uint32Array; readonly anchors: Uint8Array };

/** How many grams there are of a kind, and what its table is made of. */
type Size = { readonly kind: Kind; readonly chosen: Chosen; readonly grams: number; readonly words: number; readonly buckets: number };

/** Chosen grams of patterns by their hashes, in the kernel's memory with the patterns themselves. */
export class IndexKernel {
  /** The patterns, where they are in memory. */
  readonly patterns: Patterns;
  private readonly memory: SearchMemory<Kernel>;
  private readonly matches: Int32Array;
  private readonly tables: TableAt[] = [];
  /** Those tables that have a pattern of digits alone. */
  private readonly digitTables: TableAt[] = [];

  constructor(patterns: Patterns) {
    const used = patterns.starts[patterns.count] ?? 0;
    const anchors = new AnchorsKernel().choose(patterns);
    const sizes = KINDS.map((kind) => sizeOf(kind, membersOf(patterns, kind, anchors))).filter(({ grams }) => grams > 0);
    const patternsAt = STARTS + (patterns.count + 1) * 4 + BESIDE;
    let at = (patternsAt + used + BESIDE + 63) & ~63;
    this.memory = new SearchMemory(loadKernel(sizes.reduce((end, size) => end + bytesOf(size), at)));
    this.matches = new Int32Array(this.memory.buffer, MATCHES, ROOM * 2);
    this.patterns = { bytes: new Uint8Array(this.memory.buffer, patternsAt, used), starts: new Uint32Array(this.memory.buffer, STARTS, patterns.count + 1), count: patterns.count };
    this.patterns.bytes.set(patterns.bytes.subarray(0, used));
    this.patterns.starts.set(patterns.starts.subarray(0, patterns.count + 1));
    for (const size of sizes) {
      this.add(size, at, patternsAt);
      at += bytesOf(size);
    }
  }

  /** Looks over a text for the patterns; where it has nothing but digits, for those that have nothing else. */
  search(text: Text, isDigits: boolean, onMaybe: OnMaybe): void {
    const { kernel } = this.memory;
    this.memory.look(text, isDigits ? this.digitTables : this.tables, ({ at }, found, foundAt) => {
      kernel.openBuckets(at, foundAt, found, WORK);
      for (let tried = 0; tried < found; tried = kernel.triedGrams()) {
        this.tell(kernel.tryEntries(at, TEXT, text.length, foundAt, tried, found, WORK, MATCHES, ROOM), onMaybe);
      }
    });
  }

  private tell(count: number, onMaybe: OnMaybe): void {
    const { matches } = this;
    for (let index = 0; index < count * 2; index += 2) onMaybe(matches[index] ?? 0, matches[index + 1] ?? 0);
  }

  /** Makes the table of a kind: sets the bits of all grams, and puts each in its bucket. */
  private add({ kind, chosen, words, buckets }: Size, bits: number, patterns: number): void {
    const { kernel } = this.memory;
    const bucketsAt = bits + words * 4;
    const at = this.memory.describe(kind, { bits, words, buckets: bucketsAt, bucketCount: buckets, entries: bucketsAt + (buckets + 2) * 4, patterns, starts: STARTS });
    this.eachPart(chosen, (count) => kernel.countGrams(at, CHOSEN, ANCHORS, count));
    kernel.sumBuckets(at, buckets + 1);
    this.eachPart(chosen, (count) => kernel.placeGrams(at, CHOSEN, ANCHORS, count));
    this.tables.push({ kind, at });
    if (chosen.patterns.some((pattern) => isNumber(this.patterns, pattern))) this.digitTables.push({ kind, at });
  }

  /** Hands over chosen patterns part by part, the last part first. */
  private eachPart({ patterns, anchors }: Chosen, onPart: (count: number) => void): void {
    for (let from = Math.floor(patterns.length / PART) * PART; from >= 0; from -= PART) {
      const part = patterns.subarray(from, from + PART);
      new Uint32Array(this.memory.buffer, CHOSEN, PART).set(part);
      this.memory.bytes.set(anchors.subarray(from, from + PART), ANCHORS);
      onPart(part.length);
    }
  }
}

function membersOf({ starts, count }: Patterns, { least, most }: Kind, anchors: Uint8Array): Chosen {
  const members = new Uint32Array(count);
  let size = 0;
  for (let pattern = 0; pattern < count; pattern++) {
    const length = (starts[pattern + 1] ?? 0) - (starts[pattern] ?? 0);
    if (length >= least && length <= most) members[size++] = pattern;
  }
  const patterns = members.slice(0, size);
  return { patterns, anchors: Uint8Array.from(patterns, (pattern) => anchors[pattern] ?? 0) };
}

function sizeOf(kind: Kind, chosen: Chosen): Size {
  const grams = chosen.patterns.length * kind.grams;
  const bits = (all: number) => Math.max(4, Math.ceil(Math.log2(all + 1)));
  return { kind, chosen, grams, words: 2 ** bits((grams * BITS_PER_GRAM) / 32), buckets: 2 ** bits(grams) };
}

function isNumber({ bytes, starts }: Patterns, pattern: number): boolean {
  const end = starts[pattern + 1] ?? 0;
  for (let at = starts[pattern] ?? 0; at < end; at++) if ((bytes[at] ?? 0) < 0x30 || (bytes[at] ?? 0) > 0x39) return false;
  return true;
}

/** Bytes of a filter, its buckets and the entries. */
const bytesOf = ({ words, buckets, grams }: Size): number => (words * 4 + (buckets + 2) * 4 + (grams + 1) * 8 + 63) & ~63;
