/** Keeps the first bytes of a stream, up to a limit. */
export class FirstBytes {
  private readonly chunks: Buffer[] = [];
  private readonly limit: number;
  private size = 0;

  constructor(limit: number) {
    this.limit = limit;
  }

  push(chunk: Buffer): void {
    const kept = chunk.subarray(0, this.limit - this.size);
    if (kept.length === 0) return;
    this.chunks.push(kept);
    this.size += kept.length;
  }

  text(encoding: BufferEncoding): string {
    return Buffer.concat(this.chunks).toString(encoding);
  }
}

/** Keeps the last bytes of a stream, up to a limit. */
export class LastBytes {
  private readonly limit: number;
  private chunks: Buffer[] = [];
  private size = 0;

  constructor(limit: number) {
    this.limit = limit;
  }

  push(chunk: Buffer): void {
    this.chunks.push(chunk);
    this.size += chunk.length;
    if (this.size > 2 * this.limit) this.trim();
  }

  text(): string {
    this.trim();
    return Buffer.concat(this.chunks).toString('utf8');
  }

  private trim(): void {
    const kept = Buffer.from(Buffer.concat(this.chunks).subarray(-this.limit));
    this.chunks = [kept];
    this.size = kept.length;
  }
}
