/** Positions of lines in ascending order, with cheap removal at both ends. */
export class Positions {
  private list: number[] = [];
  private head = 0;

  get count(): number {
    return this.list.length - this.head;
  }

  at(index: number): number | undefined {
    return index < 0 ? undefined : this.list[this.head + index];
  }

  push(position: number): void {
    this.list.push(position);
  }

  /** Index of the first position that is not before `position`. */
  indexOf(position: number): number {
    let low = this.head;
    let high = this.list.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.list[middle] ?? 0) < position) low = middle + 1;
      else high = middle;
    }
    return low - this.head;
  }

  has(position: number): boolean {
    return this.at(this.indexOf(position)) === position;
  }

  /** Drops what is before `position`; answers how many. */
  dropBefore(position: number): number {
    const count = this.indexOf(position);
    this.head += count;
    if (this.head > 4096 && this.head * 2 > this.list.length) {
      this.list = this.list.slice(this.head);
      this.head = 0;
    }
    return count;
  }

  /** Drops `position` and everything after it. */
  truncate(position: number): void {
    this.list.length = this.head + this.indexOf(position);
  }

  clear(): void {
    this.list = [];
    this.head = 0;
  }
}
