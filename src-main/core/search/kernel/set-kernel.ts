import { loadKernel } from './load-kernel.ts';

/** Bytes of the longest original: of longer values, pieces are. */
export const LONGEST_ORIGINAL = 64;

/** Where everything is: what bytes say, of which class they are, which were seen; values that are handed over; and from there on what depends on how many there are. */
const WEIGHTS = 1 << 12;
const CLASSES = WEIGHTS + 256;
const SEEN = CLASSES + 256 * 8;
const INPUT = SEEN + 256;
const INPUT_BYTES = 1 << 17;
const STARTS = INPUT + INPUT_BYTES + 64;
/** What is read beyond values. */
const BESIDE = 64;
/** Bytes of the shortest value in a batch that is no longer too short. */
const SHORTEST = 10;
/** A long value adds three at once. */
const PIECES = 3;

/** Forms of one original at most: two of servers, and six of letters; and bytes of those of servers. */
const FORMS = 8;
const SERVER_BYTES = 17;

/** What an original needs to have made elsewhere. */
const [WIDE, STORED] = [1, 4];

/** Other writings of originals one after the other, where each ends, and the original that each is of. */
export type Forms = { readonly count: number; readonly bytes: Uint8Array; readonly ends: Uint32Array; readonly originals: Uint32Array };

type Layout = { readonly capacity: number; readonly labels: number; readonly slots: number; readonly slotCount: number; readonly arena: number };

/** The label of a table, and for how many of its columns there are labels behind it. */
export type Labels = { readonly label: number; readonly named: number };

/** Originals in a kernel's memory, which grows with them. */
export class SetKernel {
  private readonly telling: { readonly bytes: number; readonly digits: number };
  private loaded: ReturnType<typeof loadKernel>;
  private memory: Uint8Array;
  private layout: Layout;
  count = 0;
  private used = 0;

  constructor(telling: { readonly bytes: number; readonly digits: number }, expected: number) {
    this.telling = telling;
    this.layout = layoutFor(expected + PIECES);
    [this.loaded, this.memory] = this.open(1 << 16);
  }

  get tooShort(): number {
    return this.loaded.kernel.tooShort();
  }

  /** What the set holds; there until something is added. */
  get originals(): { readonly bytes: Uint8Array; readonly starts: Uint32Array; readonly labels: Uint16Array } {
    const { arena, labels } = this.layout;
    const { buffer } = this.memory;
    return { bytes: this.memory.subarray(arena, arena + this.used), starts: new Uint32Array(buffer, STARTS, this.count + 1), labels: new Uint16Array(buffer, labels, this.count) };
  }

  /** Adds values that lie in a batch from a place on, until the set has `most`, or before one that is too long. Columns up to `named` have the labels behind `label`. Answers where it came to. */
  add(batch: Uint8Array, from: number, { label, named }: Labels, most: number): number {
    const part = batch.subarray(from, from + INPUT_BYTES);
    const largest = Math.min(most, this.count + Math.ceil(part.length / SHORTEST));
    this.reserve(largest + PIECES, this.used + part.length);
    this.memory.set(part, INPUT);
    const end = this.loaded.kernel.addOriginals(INPUT, INPUT + part.length, label, named, largest) - INPUT;
    this.look();
    return from + end;
  }

  /** Adds one value of at most `LONGEST_ORIGINAL` bytes. */
  addValue(value: Uint8Array, label: number): void {
    this.reserve(this.count + 1, this.used + value.length);
    this.memory.set(value, INPUT + 4);
    new DataView(this.memory.buffer).setUint32(INPUT, value.length, true);
    this.loaded.kernel.addOriginals(INPUT, INPUT + 4 + value.length, label, 0, this.count + 1);
    this.look();
  }

  clear(): void {
    const { slots, slotCount } = this.layout;
    this.memory.fill(0, slots, slots + slotCount * 8);
    this.begin();
    this.look();
  }

  /**
   * Other writings of the originals, first those by which servers store them, then those of letters, then digits alone: `servers` and `wide` make those that are seldom
   * needed. Answers where each part ends, and which bytes occur in originals.
   */
  forms(servers: (value: Uint8Array) => readonly Uint8Array[], wide: (value: Uint8Array) => readonly Uint8Array[]): Forms & { readonly storedTo: number; readonly wideTo: number; readonly seen: Uint8Array } {
    const { kernel } = this.loaded;
    const { arena } = this.layout;
    const { count } = this;
    const flags = (arena + this.used + BESIDE + 63) & ~63;
    const ends = (flags + count + 63) & ~63;
    const originals = ends + count * FORMS * 4;
    const bytes = originals + count * FORMS * 4;
    this.grow(bytes + count * SERVER_BYTES + BESIDE);
    this.memory.fill(0, SEEN, SEEN + 256);
    kernel.openForms(bytes, ends, originals);
    kernel.addStoredForms(arena, STARTS, count, CLASSES, SEEN, flags);
    const add = (flag: number, formsOf: (value: Uint8Array) => readonly Uint8Array[]) => {
      for (let original = 0; original < count; original++) if (((this.memory[flags + original] ?? 0) & flag) !== 0) for (const form of formsOf(this.value(original))) this.addForm(bytes, original, form);
      return kernel.formCount();
    };
    const storedTo = add(STORED, servers);
    const wideTo = add(WIDE, wide);
    this.grow(bytes + kernel.formBytes() + count * LONGEST_ORIGINAL + BESIDE);
    kernel.addDigits(arena, STARTS, count, flags, this.telling.digits);
    const all = kernel.formCount();
    const { buffer } = this.memory;
    return { count: all, storedTo, wideTo, bytes: new Uint8Array(buffer, bytes, kernel.formBytes()), ends: new Uint32Array(buffer, ends, all), originals: new Uint32Array(buffer, originals, all), seen: this.memory.slice(SEEN, SEEN + 256) };
  }

  private value(original: number): Uint8Array {
    const { bytes, starts } = this.originals;
    return bytes.subarray(starts[original], starts[original + 1]);
  }

  private addForm(bytes: number, original: number, form: Uint8Array): void {
    const { kernel } = this.loaded;
    this.grow(bytes + kernel.formBytes() + form.length + BESIDE);
    this.memory.set(form, bytes + kernel.formBytes());
    kernel.noteForm(original, form.length);
  }

  private look(): void {
    this.count = this.loaded.kernel.originalsIn();
    this.used = this.loaded.kernel.usedBytes();
  }

  /** Makes room for so many originals with so many bytes in all. */
  private reserve(originals: number, bytes: number): void {
    if (originals <= this.layout.capacity) return this.grow(this.layout.arena + bytes + BESIDE);
    const [before, { kernel }] = [this.originals, this.loaded];
    this.layout = layoutFor(originals + (originals >> 1));
    [this.loaded, this.memory] = this.open(bytes + (bytes >> 1));
    this.memory.set(before.bytes, this.layout.arena);
    new Uint32Array(this.memory.buffer, STARTS).set(before.starts);
    new Uint16Array(this.memory.buffer, this.layout.labels).set(before.labels);
    this.loaded.kernel.takeUp(this.count, this.used, kernel.tooShort());
  }

  private grow(bytes: number): void {
    if (bytes > this.memory.length) this.memory = new Uint8Array(this.loaded.grow(bytes + (bytes >> 3)));
  }

  private open(arenaBytes: number): [ReturnType<typeof loadKernel>, Uint8Array] {
    const loaded = loadKernel(this.layout.arena + arenaBytes + BESIDE);
    const memory = new Uint8Array(loaded.memory);
    memory.set(weights, WEIGHTS);
    new BigUint64Array(memory.buffer, CLASSES, 256).set(classes);
    this.loaded = loaded;
    this.begin();
    return [loaded, memory];
  }

  private begin(): void {
    const { labels, slots, slotCount, arena } = this.layout;
    this.loaded.kernel.openSet(STARTS, labels, slots, slotCount, arena, WEIGHTS, this.telling.bytes, this.telling.digits);
  }
}

function layoutFor(capacity: number): Layout {
  const labels = STARTS + (capacity + 1) * 4;
  const slots = (labels + capacity * 2 + 63) & ~63;
  const slotCount = 2 ** Math.ceil(Math.log2(capacity * 2));
  return { capacity, labels, slots, slotCount, arena: slots + slotCount * 8 };
}

const all = Array.from({ length: 256 }, (_, byte) => byte);

/** What parts the groups of a number: it says nothing by itself. */
const PUNCTUATION = new Set([...' -./()+:,_#'].map((character) => character.charCodeAt(0)));
/** What a letter and a digit tell, in tenths of bits: six letters are enough, or nine digits, or a mixture. */
const [LETTER, DIGIT] = [47, 33];

/** What finding a byte says: nothing of what stands between others. */
const weights = Uint8Array.from(all, (byte) => (byte >= 0x30 && byte <= 0x39 ? DIGIT : byte <= 0x1f || byte === 0xff || PUNCTUATION.has(byte) ? 0 : LETTER));

/** The classes of a byte: one of eight bits for each. */
const classes = BigUint64Array.from(all, (byte) => {
  const character = String.fromCharCode(byte);
  const isOf = [/[0-9]/.test(character), /[a-f]/i.test(character), character === ':', character === '.', character === '-', character === '/', byte >= 0x41 && byte < 0xc3, byte >= 0xc3];
  return isOf.reduce((sum, one, place) => sum | (one ? 1n << BigInt(place * 8) : 0n), 0n);
});
