import { KERNEL, LOOK_KERNEL } from './kernel-code.ts';

/** How grams are looked for in a text. Addresses are in bytes of the memory that a kernel was loaded with. */
export type GramKernel = {
  samplePlaces(from: number, count: number, keys: number, lows: number, places: number): number;
  lookAt(table: number, places: number, count: number, beyond: number, passes: number, found: number): number;
  lookAtBoth(long: number, short: number, places: number, count: number, beyond: number, passes: number, passes2: number, found: number, found2: number): number;
  foundShort(): number;
  lookAtAll(table: number, from: number, words: number, passes: number, found: number): number;
};

/** What `look.as` exports. */
export type LookKernel = GramKernel & {
  lookCloser(table: number, found: number, count: number, kept: number): number;
  noteSeen(kept: number, count: number, seen: number): void;
  addGrams(table: number, bytes: number, starts: number, anchors: number, count: number, base: number, sets: number): number;
  markGrams(table: number, bytes: number, starts: number, anchors: number, count: number, base: number, seen: number, marked: number): number;
};

/** What `kernel.as` exports. */
export type Kernel = GramKernel & {
  countGrams(table: number, patterns: number, anchors: number, count: number): void;
  sumBuckets(table: number, count: number): void;
  placeGrams(table: number, patterns: number, anchors: number, count: number): void;
  openBuckets(table: number, found: number, count: number, work: number): number;
  tryEntries(table: number, text: number, length: number, found: number, from: number, count: number, work: number, matches: number, room: number): number;
  triedGrams(): number;
  countPlaces(patterns: number, starts: number, count: number, counters: number, shift: number, room: number, places: number): void;
  chooseAnchors(patterns: number, starts: number, count: number, counters: number, shift: number, places: number, anchors: number, furthest: boolean): void;
  openSet(starts: number, labels: number, slots: number, slotCount: number, arena: number, weights: number, leastBytes: number, leastDigits: number): void;
  addOriginals(at: number, end: number, label: number, named: number, most: number): number;
  takeUp(originals: number, bytes: number, tooShort: number): void;
  originalsIn(): number;
  usedBytes(): number;
  tooShort(): number;
  openForms(bytes: number, ends: number, originals: number): void;
  addStoredForms(arena: number, starts: number, count: number, classes: number, seen: number, flags: number): void;
  addDigits(arena: number, starts: number, count: number, flags: number, least: number): void;
  noteForm(original: number, length: number): void;
  formCount(): number;
  formBytes(): number;
  classify(text: number, length: number, masks: number, room: number): void;
  wordRuns(text: number, length: number, seen: number, mask: number, table: number, runs: number): number;
  hexRuns(text: number, length: number, seen: number, mask: number, table: number, runs: number): number;
  numberRuns(text: number, length: number, seen: number, least: number, mask: number, digitMask: number, digits: number, runs: number): number;
  utf16Runs(text: number, length: number, seen: number, mask: number, runs: number): number;
  escapeGroups(text: number, length: number, around: number, mask: number, table: number, runs: number): number;
};

/** The longest text that is looked at at once. */
export const MOST_TEXT = (1 << 20) + (1 << 12);

const PAGE = 1 << 16;
const compile = (code: string) => new WebAssembly.Module(Buffer.from(code, 'base64'));
let compiled: WebAssembly.Module | undefined;
let compiledLook: WebAssembly.Module | undefined;

/** The kernel with so many bytes of memory, all of them zero. */
export function loadKernel(bytes: number): { readonly kernel: Kernel; readonly memory: ArrayBuffer; /** Makes the memory at least so large; the former buffer is of no use any more. */ readonly grow: (bytes: number) => ArrayBuffer } {
  compiled ??= compile(KERNEL);
  const memory = new WebAssembly.Memory({ initial: Math.ceil(bytes / PAGE) });
  const { exports } = new WebAssembly.Instance(compiled, { env: { memory } });
  const grow = (needed: number) => {
    const more = needed - memory.buffer.byteLength;
    if (more > 0) memory.grow(Math.ceil(more / PAGE));
    return memory.buffer;
  };
  return { kernel: exports as unknown as Kernel, memory: memory.buffer, grow };
}

/** Memory for a look, all of it zero, that may be handed to other threads. */
export function newSharedMemory(bytes: number): WebAssembly.Memory {
  const pages = Math.ceil(bytes / PAGE);
  return new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true });
}

/** The kernel of a look over memory of `newSharedMemory`. */
export function loadLookKernel(memory: WebAssembly.Memory): LookKernel {
  compiledLook ??= compile(LOOK_KERNEL);
  return new WebAssembly.Instance(compiledLook, { env: { memory } }).exports as unknown as LookKernel;
}
