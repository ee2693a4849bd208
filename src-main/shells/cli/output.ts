import type { Writable } from 'node:stream';

/** Writes to one of this process's own streams. A reader that left (`| head`) is no error: what comes later goes nowhere. */
export class Output {
  private readonly stream: Writable;
  private readonly onReaderGone: () => void;
  private gone = false;

  constructor(stream: Writable, onReaderGone: () => void = () => {}) {
    this.stream = stream;
    this.onReaderGone = onReaderGone;
    stream.on('error', (error: NodeJS.ErrnoException) => this.fail(error));
  }

  /** Resolves when the reader has room for more. */
  async write(text: string | Uint8Array): Promise<void> {
    if (this.gone || text.length === 0) return;
    if (this.stream.write(text)) return;
    await new Promise<void>((resolve) => {
      const done = () => {
        this.stream.off('drain', done).off('close', done).off('error', done);
        resolve();
      };
      this.stream.on('drain', done).on('close', done).on('error', done);
    });
  }

  /** Resolves when everything written so far has left this process. */
  async flush(): Promise<void> {
    if (this.gone) return;
    await new Promise<void>((resolve) => this.stream.write('', () => resolve()));
  }

  private fail(error: NodeJS.ErrnoException): void {
    this.gone = true;
    if (error.code !== 'EPIPE' && error.code !== 'EIO' && error.code !== 'ERR_STREAM_DESTROYED') throw error;
    this.onReaderGone();
  }
}
