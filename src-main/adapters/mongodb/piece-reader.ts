/** Takes parts of any length out of pieces that end anywhere. No more is held than what was asked for, and one piece. */
export class PieceReader {
  private readonly pieces: AsyncIterator<Uint8Array>;
  private held: Buffer = Buffer.alloc(0);
  private at = 0;

  constructor(pieces: AsyncIterable<Uint8Array>) {
    this.pieces = pieces[Symbol.asyncIterator]();
  }

  /** Whether so many bytes are there already. */
  holds(length: number): boolean {
    return this.held.length - this.at >= length;
  }

  /** Waits until so many bytes are there; false where the pieces end before. */
  async has(length: number): Promise<boolean> {
    if (this.holds(length)) return true;
    const parts = [this.held.subarray(this.at)];
    let there = this.held.length - this.at;
    while (there < length) {
      const next = await this.pieces.next();
      if (next.done === true) break;
      parts.push(Buffer.from(next.value.buffer, next.value.byteOffset, next.value.length));
      there += next.value.length;
    }
    this.held = Buffer.concat(parts);
    this.at = 0;
    return there >= length;
  }

  peekUint32(): number {
    return this.held.readUInt32LE(this.at);
  }

  /** The next bytes, which have to be there. They stay what they are. */
  take(length: number): Buffer {
    const taken = this.held.subarray(this.at, this.at + length);
    this.at += length;
    return taken;
  }

  /** Nothing more is wanted. */
  async close(): Promise<void> {
    await this.pieces.return?.();
  }
}
