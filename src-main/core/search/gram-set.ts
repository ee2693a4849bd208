/** Grams of up to eight bytes, as two words each; the first is never zero. Takes a limited number. */
export class GramSet {
  private readonly most: number;
  private words = new Int32Array(1 << 13);
  private count = 0;

  constructor(most: number) {
    this.most = most;
  }

  get isFull(): boolean {
    return this.count >= this.most;
  }

  get isEmpty(): boolean {
    return this.count === 0;
  }

  add(low: number, high: number): void {
    const { words } = this;
    const slot = slotOf(words, low, high);
    if (words[slot] !== 0) return;
    words[slot] = low;
    words[slot + 1] = high;
    this.count += 1;
    if (this.count * 3 > words.length) this.grow();
  }

  has(low: number, high: number): boolean {
    return this.words[slotOf(this.words, low, high)] !== 0;
  }

  clear(): void {
    if (this.count === 0) return;
    this.words.fill(0);
    this.count = 0;
  }

  private grow(): void {
    const smaller = this.words;
    this.words = new Int32Array(smaller.length * 2);
    for (let slot = 0; slot < smaller.length; slot += 2) {
      const low = smaller[slot] ?? 0;
      if (low === 0) continue;
      const high = smaller[slot + 1] ?? 0;
      const place = slotOf(this.words, low, high);
      this.words[place] = low;
      this.words[place + 1] = high;
    }
  }
}

/** Where a gram is, or where it would be. */
function slotOf(words: Int32Array, low: number, high: number): number {
  const mask = words.length - 1;
  const mixed = Math.imul(Math.imul(low, 0x85ebca6b) ^ high, 0xc2b2ae35);
  let slot = ((mixed ^ (mixed >>> 13)) << 1) & mask;
  while (words[slot] !== 0 && (words[slot] !== low || words[slot + 1] !== high)) slot = (slot + 2) & mask;
  return slot;
}
