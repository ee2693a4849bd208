import { KERNEL } from './kernel-code.ts';

/** What `kernel.as` exports. Addresses are in bytes of the memory that it was loaded with. */
export type Kernel = {
  lookLong(text: number, words: number, bits: number, shift: number, hashes: number, fetched: number, found: number): number;
  lookShort(text: number, words: number, bits: number, shift: number, hashes: number, fetched: number, found: number): number;
  lookCloser(text: number, found: number, count: number, bits: number, shift: number, isShort: boolean, kept: number): number;
  noteSeen(kept: number, count: number, seen: number): void;
  addGrams(bytes: number, starts: number, anchors: number, count: number, base: number, bits: number, shift: number, isShort: boolean, sets: number): number;
  markGrams(bytes: number, starts: number, anchors: number, count: number, base: number, seen: number, isShort: boolean, marked: number): number;
  classify(text: number, length: number, masks: number, room: number): void;
  wordRuns(text: number, length: number, seen: number, mask: number, table: number, runs: number): number;
  hexRuns(text: number, length: number, seen: number, mask: number, table: number, runs: number): number;
  numberRuns(text: number, length: number, seen: number, least: number, mask: number, digitMask: number, digits: number, runs: number): number;
  utf16Runs(text: number, length: number, seen: number, mask: number, runs: number): number;
  escapeGroups(text: number, length: number, around: number, mask: number, table: number, runs: number): number;
};

const PAGE = 1 << 16;
let compiled: WebAssembly.Module | undefined;

/** The kernel with so many bytes of memory, all of them zero. */
export function loadKernel(bytes: number): { readonly kernel: Kernel; readonly memory: ArrayBuffer } {
  compiled ??= new WebAssembly.Module(Buffer.from(KERNEL, 'base64'));
  const memory = new WebAssembly.Memory({ initial: Math.ceil(bytes / PAGE) });
  const { exports } = new WebAssembly.Instance(compiled, { env: { memory } });
  return { kernel: exports as unknown as Kernel, memory: memory.buffer };
}
