import { GarbledReply } from './modem.ts';

const NEWLINE = 10;
const RECORD_SEPARATOR = 0x1e;
/** More objects than this in one line are not an engine's. */
const MOST_JOINED = 1000;
export const LARGEST_OBJECT = 4 * 1024 * 1024;

/**
 * Cuts a stream of JSON objects, one a line or one a record, into values. Takes it in pieces cut anywhere.
 * Throws `GarbledReply` for a line that is not JSON or has more than 4 MiB.
 */
export class JsonLines {
  private held: Buffer[] = [];
  private heldLength = 0;

  /** The values that end in this piece, one by one: those before a bad line are given before it throws. Has to be taken to its end. */
  *push(piece: Buffer): Generator<unknown> {
    let at = 0;
    for (let end = nextEnd(piece, 0); end !== -1; end = nextEnd(piece, at)) {
      this.hold(piece.subarray(at, end));
      at = end + 1;
      yield* this.take();
    }
    this.hold(piece.subarray(at));
  }

  /** A last value without an end of line. */
  *end(): Generator<unknown> {
    yield* this.take();
  }

  private hold(piece: Buffer): void {
    this.heldLength += piece.length;
    if (this.heldLength > LARGEST_OBJECT) throw new GarbledReply('The engine sent a message of more than 4 MiB');
    if (piece.length > 0) this.held.push(piece);
  }

  private take(): unknown[] {
    const text = (this.held.length === 1 && this.held[0] ? this.held[0] : Buffer.concat(this.held)).toString('utf8').trim();
    this.held = [];
    this.heldLength = 0;
    return text === '' ? [] : parseObjects(text);
  }
}

function nextEnd(piece: Buffer, from: number): number {
  const newline = piece.indexOf(NEWLINE, from);
  const record = piece.indexOf(RECORD_SEPARATOR, from);
  return newline === -1 ? record : record === -1 ? newline : Math.min(newline, record);
}

/** One value, or several that follow one another without anything between. */
function parseObjects(text: string): unknown[] {
  try {
    return [JSON.parse(text)];
  } catch (cause) {
    const parts = text.replaceAll('}{', '}\n{').split('\n');
    if (parts.length === 1 || parts.length > MOST_JOINED) throw new GarbledReply('The engine sent a message that is not JSON', { cause });
    return joinStrings(parts, cause);
  }
}

/** Parts that were cut within a string are put together again until they parse. */
function joinStrings(parts: readonly string[], cause: unknown): unknown[] {
  const values: unknown[] = [];
  let text = '';
  for (const part of parts) {
    text += part;
    try {
      values.push(JSON.parse(text));
      text = '';
    } catch {
      // Cut within a string: the next part belongs to it.
    }
  }
  if (text !== '') throw new GarbledReply('The engine sent a message that is not JSON', { cause });
  return values;
}
