import { GarbledReply } from './modem.ts';

export type LogFrame = { readonly stream: 'stdout' | 'stderr'; readonly payload: Buffer };

const HEADER = 8;
/** Engines cut lines at 16 KiB, so a frame beyond this is a misread header. */
const LARGEST = 16 * 1024 * 1024;

/**
 * Cuts the engine's stream of both outputs into frames: one byte of stream, three of zero, four of length, then the payload.
 * Takes it in pieces cut anywhere; every byte is copied at most once, and there is no recursion.
 */
export class FrameSplitter {
  private held: Buffer[] = [];
  private heldLength = 0;
  private needed = HEADER;

  push(piece: Buffer): LogFrame[] {
    if (this.heldLength + piece.length < this.needed) {
      this.hold(piece);
      return [];
    }
    const bytes = this.heldLength === 0 ? piece : Buffer.concat([...this.held, piece]);
    this.held = [];
    this.heldLength = 0;
    return this.cut(bytes);
  }

  /** Whether the stream may end here. */
  get isComplete(): boolean {
    return this.heldLength === 0;
  }

  private cut(bytes: Buffer): LogFrame[] {
    const frames: LogFrame[] = [];
    let at = 0;
    this.needed = HEADER;
    while (bytes.length - at >= HEADER) {
      const length = bytes.readUInt32BE(at + 4);
      const stream = bytes[at];
      if (stream === undefined || stream > 2 || length > LARGEST || bytes.readUInt32BE(at) << 8 !== 0) throw new GarbledReply('The engine sent a log that cannot be read');
      const end = at + HEADER + length;
      if (end > bytes.length) {
        this.needed = HEADER + length;
        break;
      }
      frames.push({ stream: stream === 2 ? 'stderr' : 'stdout', payload: bytes.subarray(at + HEADER, end) });
      at = end;
    }
    if (at < bytes.length) this.hold(bytes.subarray(at));
    return frames;
  }

  private hold(piece: Buffer): void {
    if (piece.length === 0) return;
    this.held.push(piece);
    this.heldLength += piece.length;
  }
}
