/** Bytes of a document as it is put together; they grow as needed, and serve one document after the other. */
export class DocumentOutput {
  private bytes: Buffer = Buffer.allocUnsafe(1 << 16);
  private at = 0;

  /** Begins a document, or one within it; `end` is told where. */
  begin(): number {
    this.reserve(4);
    this.at += 4;
    return this.at - 4;
  }

  end(start: number): void {
    this.reserve(1);
    this.bytes[this.at++] = 0;
    this.bytes.writeInt32LE(this.at - start, start);
  }

  /** A type with the name that it stands before. Both texts of bytes. */
  element(type: number, name: string): void {
    this.reserve(name.length + 2);
    this.bytes[this.at++] = type;
    this.at += this.bytes.write(name, this.at, 'latin1');
    this.bytes[this.at++] = 0;
  }

  text(text: string): void {
    this.reserve(text.length + 5);
    this.at = this.bytes.writeInt32LE(text.length + 1, this.at);
    this.at += this.bytes.write(text, this.at, 'latin1');
    this.bytes[this.at++] = 0;
  }

  copy(bytes: Uint8Array): void {
    this.reserve(bytes.length);
    this.bytes.set(bytes, this.at);
    this.at += bytes.length;
  }

  /** What was put together, as bytes of its own. */
  take(): Buffer {
    const taken = Buffer.from(this.bytes.subarray(0, this.at));
    this.at = 0;
    return taken;
  }

  private reserve(length: number): void {
    if (this.at + length <= this.bytes.length) return;
    const larger = Buffer.allocUnsafe(Math.max(this.bytes.length * 2, this.at + length));
    larger.set(this.bytes.subarray(0, this.at));
    this.bytes = larger;
  }
}
