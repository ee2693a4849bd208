/** Some of the numbers from one on, a bit for each. */
export class Marks {
  private readonly from: number;
  private readonly bits: Uint8Array;

  constructor(from: number, to: number) {
    this.from = from;
    this.bits = new Uint8Array((Math.max(0, to - from) >> 3) + 1);
  }

  mark(number: number): void {
    const place = number - this.from;
    this.bits[place >> 3] = (this.bits[place >> 3] ?? 0) | (1 << (place & 7));
  }

  has(number: number): boolean {
    const place = number - this.from;
    return (((this.bits[place >> 3] ?? 0) >> (place & 7)) & 1) === 1;
  }

  /** Whether one of so many numbers, or one next to them, is marked. */
  mayHaveOneOf(first: number, count: number): boolean {
    const place = first - this.from;
    return this.bits.subarray(place >> 3, ((place + count) >> 3) + 1).some((byte) => byte !== 0);
  }
}
