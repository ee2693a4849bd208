/** Heights of the rows of a list that grows at its end and shrinks at its start, as running sums. */
export class RowTops {
  /** `sums[head + i]` is the top of row i above an arbitrary zero; one more entry than there are rows. */
  private sums = new Float64Array(1024);
  private head = 0;
  private tail = 0;

  get count(): number {
    return this.tail - this.head;
  }

  get total(): number {
    return this.topOf(this.count);
  }

  topOf(index: number): number {
    const bounded = Math.max(0, Math.min(index, this.count));
    return (this.sums[this.head + bounded] ?? 0) - (this.sums[this.head] ?? 0);
  }

  push(height: number): void {
    if (this.tail + 1 >= this.sums.length) this.makeRoom();
    this.sums[this.tail + 1] = (this.sums[this.tail] ?? 0) + height;
    this.tail += 1;
  }

  /** The row that covers `top`; the last one below the end. */
  indexAt(top: number): number {
    const sought = top + (this.sums[this.head] ?? 0);
    let low = this.head;
    let high = this.tail;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.sums[middle] ?? 0) <= sought) low = middle;
      else high = middle - 1;
    }
    return Math.max(0, Math.min(low - this.head, this.count - 1));
  }

  /** Corrects the height of one row. */
  set(index: number, height: number): void {
    const change = height - (this.topOf(index + 1) - this.topOf(index));
    if (change === 0) return;
    for (let at = this.head + index + 1; at <= this.tail; at++) this.sums[at] = (this.sums[at] ?? 0) + change;
  }

  dropFirst(count: number): void {
    this.head += Math.min(count, this.count);
  }

  truncate(count: number): void {
    this.tail = this.head + Math.min(count, this.count);
  }

  clear(): void {
    this.head = 0;
    this.tail = 0;
    this.sums[0] = 0;
  }

  private makeRoom(): void {
    const rows = this.sums.slice(this.head, this.tail + 1);
    const base = rows[0] ?? 0;
    if (this.head < this.sums.length / 2) this.sums = new Float64Array(this.sums.length * 2);
    this.sums.set(rows.map((sum) => sum - base));
    this.tail -= this.head;
    this.head = 0;
  }
}
