/** Originals one after the other, where each begins, and the number of its column. */
export type PackedOriginals = { readonly bytes: Uint8Array; readonly starts: Uint32Array; readonly labels: Uint16Array; readonly columns: readonly string[] };

/** Originals by their numbers. They lie in one block of memory without an object each: a million e-mail addresses take about 40 MB. */
export class OriginalList {
  private readonly own: PackedOriginals | undefined;

  /** The list lives in the memory that it was given. */
  constructor(packed?: PackedOriginals) {
    this.own = packed;
  }

  /** All of them; there until something is added. */
  get packed(): PackedOriginals {
    return this.own ?? EMPTY;
  }

  /** How many there are; each piece of a long one counts. */
  get size(): number {
    return this.packed.labels.length;
  }

  length(id: number): number {
    const { starts } = this.packed;
    return (starts[id + 1] ?? 0) - (starts[id] ?? 0);
  }

  value(id: number): Uint8Array {
    const { bytes, starts } = this.packed;
    return bytes.subarray(starts[id], starts[id + 1]);
  }

  /** The column that the original was first seen in. */
  column(id: number): string {
    const { columns, labels } = this.packed;
    return columns[labels[id] ?? 0] ?? '';
  }
}

const EMPTY: PackedOriginals = { bytes: new Uint8Array(0), starts: new Uint32Array(1), labels: new Uint16Array(0), columns: [] };
