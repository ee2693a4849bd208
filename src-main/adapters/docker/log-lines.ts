import type { LogChunk } from '#ports/container-engine.ts';
import { FrameSplitter } from './log-frames.ts';

/** The longest line that is handed on whole. */
export const LONGEST_LINE = 64 * 1024;
/** Engines store a longer line in parts of this size, each sent with the time of the first. */
const PART = 16 * 1024;
/** The most that a time and the space after it take. */
const LONGEST_PREFIX = 40;
const NOTHING = Buffer.alloc(0);
const NEWLINE = 10;
const RETURN = 13;
const SPACE = 32;

/** Cuts a log with times, as the engine sends it, into lines. */
export type LineReader = {
  push(piece: Buffer): LogChunk[];
  /** What is left when the stream has ended. */
  end(): LogChunk[];
};

/** For containers without a terminal: both outputs in frames, each frame one line or one part of a line. */
export function framedLines(): LineReader {
  const splitter = new FrameSplitter();
  const streams = { stdout: new Assembler('stdout'), stderr: new Assembler('stderr') };
  return {
    push(piece) {
      const lines: LogChunk[] = [];
      for (const frame of splitter.push(piece)) streams[frame.stream].add(frame.payload, lines);
      return lines;
    },
    end() {
      const lines: LogChunk[] = [];
      streams.stdout.flush(lines);
      streams.stderr.flush(lines);
      return lines;
    },
  };
}

/** Puts the lines of one output together. */
class Assembler {
  private readonly stream: LogChunk['stream'];
  private pending: { readonly prefix: Buffer; readonly parts: Buffer[]; kept: number; length: number; lastPart: number } | undefined;

  constructor(stream: LogChunk['stream']) {
    this.stream = stream;
  }

  add(payload: Buffer, lines: LogChunk[]): void {
    let at = 0;
    while (at < payload.length) {
      const newline = payload.indexOf(NEWLINE, at);
      const end = newline === -1 ? payload.length : newline;
      const prefixEnd = at + prefixLength(payload, at, end);
      const prefix = payload.subarray(at, prefixEnd);
      const body = payload.subarray(prefixEnd, end);
      if (this.pending && !this.continues(prefix)) this.flush(lines);
      if (newline !== -1 && !this.pending) lines.push(line(this.stream, prefix, body, body.length));
      else this.hold(prefix, body);
      if (newline !== -1) this.flush(lines);
      at = end + 1;
    }
  }

  flush(lines: LogChunk[]): void {
    const { pending } = this;
    if (!pending) return;
    this.pending = undefined;
    lines.push(line(this.stream, pending.prefix, Buffer.concat(pending.parts), pending.length));
  }

  /** A part without a line's end is followed by the rest of its line, unless the program ended there and another start began. */
  private continues(prefix: Buffer): boolean {
    const { pending } = this;
    return pending !== undefined && (pending.lastPart === PART || prefix.equals(pending.prefix));
  }

  private hold(prefix: Buffer, body: Buffer): void {
    const pending = (this.pending ??= { prefix: Buffer.from(prefix), parts: [], kept: 0, length: 0, lastPart: 0 });
    const wanted = body.subarray(0, LONGEST_LINE - pending.kept);
    if (wanted.length > 0) pending.parts.push(wanted);
    pending.kept += wanted.length;
    pending.length += body.length;
    pending.lastPart = body.length;
  }
}

/** For containers with a terminal: one output as it came, with a time at the start of each line and of each part of a long one. */
export function rawLines(): LineReader {
  // Room for the longest line with the times between its parts.
  const most = LONGEST_LINE + LONGEST_PREFIX * (LONGEST_LINE / PART + 1);
  let held: Buffer[] = [];
  let kept = 0;
  let length = 0;
  let ending: Buffer = NOTHING;

  function hold(piece: Buffer): void {
    ending = piece.length <= LONGEST_PREFIX ? Buffer.concat([ending, piece]).subarray(-LONGEST_PREFIX - 1) : piece.subarray(-LONGEST_PREFIX - 1);
    const wanted = piece.subarray(0, most - kept);
    if (wanted.length > 0) held.push(wanted);
    kept += wanted.length;
    length += piece.length;
  }

  function take(): LogChunk {
    const bytes = held.length === 1 && held[0] ? held[0] : Buffer.concat(held);
    // A terminal ends its lines with a carriage return too.
    const total = ending.at(-1) === RETURN ? length - 1 : length;
    const chunk = rawLine(bytes.subarray(0, total), total, ending);
    held = [];
    kept = 0;
    length = 0;
    ending = NOTHING;
    return chunk;
  }

  return {
    push(piece) {
      const lines: LogChunk[] = [];
      let at = 0;
      for (let newline = piece.indexOf(NEWLINE); newline !== -1; newline = piece.indexOf(NEWLINE, at)) {
        hold(piece.subarray(at, newline));
        lines.push(take());
        at = newline + 1;
      }
      if (at < piece.length) hold(piece.subarray(at));
      return lines;
    },
    end: () => (length > 0 ? [take()] : []),
  };
}

/** A line of a terminal: `bytes` is its beginning and `total` its length, both with the times between the parts; `ending` is what the whole line ends with. */
function rawLine(bytes: Buffer, total: number, ending: Buffer): LogChunk {
  const size = prefixLength(bytes, 0, bytes.length);
  const prefix = bytes.subarray(0, size);
  const step = size + PART;
  const isInParts = size > 0 && total > step && bytes.subarray(step, step + size).equals(prefix);
  if (!isInParts) return line('stdout', prefix, bytes.subarray(size), total - size);
  const parts: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += step) parts.push(bytes.subarray(at + size, at + step));
  const length = total - size * Math.ceil(total / step);
  const joined = Buffer.concat(parts);
  // Where the last part is empty, the line's carriage return is the last byte of the part before.
  const isSplitEnd = total % step === size && ending.at(-size - 1) === RETURN;
  const shown = isSplitEnd ? length - 1 : length;
  return line('stdout', prefix, joined.subarray(0, shown), shown);
}

function line(stream: LogChunk['stream'], prefix: Buffer, body: Buffer, length: number): LogChunk {
  const time = prefix.length === 0 ? '' : prefix.toString('latin1', 0, prefix.length - 1);
  if (length <= LONGEST_LINE) return { stream, time, line: body };
  return { stream, time, line: body.subarray(0, LONGEST_LINE), cut: length };
}

/** The length of the time and the space after it at the start of a line; 0 where there is none. */
function prefixLength(bytes: Buffer, at: number, end: number): number {
  if (bytes[at + 4] !== 45 || bytes[at + 10] !== 84) return 0;
  const limit = Math.min(end, at + LONGEST_PREFIX);
  for (let index = at + 19; index < limit; index++) if (bytes[index] === SPACE) return index - at + 1;
  return 0;
}
