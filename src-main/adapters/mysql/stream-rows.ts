import type { Connection } from 'mysql2';
import { BacklotError } from '#contract/errors.ts';
import { letGo, streamOf } from './connect.ts';
import { RowText } from './row-text.ts';

/** Bytes of a piece, and of pieces that wait for their reader. */
const PIECE = 1 << 16;
const WAITING = 1 << 20;

/** What the client has of a row before it reads values out of it. */
type RowPacket = { readonly buffer: Uint8Array; readonly offset: number; readonly end: number; isEOF(): boolean };
type RunningQuery = { row(packet: RowPacket, connection: unknown): unknown; on(event: 'error', listener: (error: unknown) => void): void; on(event: 'end', listener: () => void): void };

type RowsWanted = {
  readonly sql: string;
  /** Which columns hold bytes that are no text. */
  readonly binary: readonly boolean[];
  /** Ends the query on the server, without ending the connection. */
  readonly stop: () => Promise<void>;
};

/**
 * The rows of a query as lines of fields. The server is read only as fast as they are taken. The client hands over rows as they came
 * from the server: values that are only passed on are never made into texts. A reader that leaves early has `stop` end the query.
 */
export async function* streamRows(connection: Connection, { sql, binary, stop }: RowsWanted, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  const text = new RowText(binary);
  const stream = streamOf(connection);
  const pieces: Uint8Array[] = [];
  let waiting = 0;
  let state: 'reading' | 'ended' | { readonly failure: unknown } = 'reading';
  let wanted = true;
  let wake = () => {};
  const settle = (next: typeof state) => {
    if (state === 'reading') state = next;
    wake();
  };
  const gather = () => {
    const piece = text.take();
    waiting += piece.length;
    pieces.push(piece);
    if (waiting > WAITING) stream.pause();
    wake();
  };
  const query = connection.query(sql) as unknown as RunningQuery;
  const finish = query.row.bind(query);
  query.row = function row(packet, owner) {
    if (packet.isEOF()) return finish(packet, owner);
    if (wanted) {
      text.add(packet.buffer, packet.offset, packet.end);
      if (text.length >= PIECE) gather();
    }
    return row;
  };
  query.on('error', (failure) => settle({ failure }));
  query.on('end', () => settle('ended'));
  const onClose = () => settle({ failure: Object.assign(new Error('closed'), { code: 'PROTOCOL_CONNECTION_LOST' }) });
  const onAbort = () => letGo(connection);
  stream.once('close', onClose);
  signal.addEventListener('abort', onAbort, { once: true });
  const isReading = () => state === 'reading';
  const next = () => new Promise<void>((resolve) => (wake = resolve));
  let left = true;
  try {
    if (signal.aborted) onAbort();
    for (;;) {
      const piece = pieces.shift();
      if (piece) {
        waiting -= piece.length;
        if (waiting <= WAITING / 2) stream.resume();
        yield piece;
      } else if (isReading()) await next();
      else break;
    }
    left = false;
    if (typeof state === 'object') throw signal.aborted ? new BacklotError('cancelled', 'cancelled') : (state as { readonly failure: unknown }).failure;
    if (text.length > 0) yield text.take();
  } finally {
    signal.removeEventListener('abort', onAbort);
    if (left && isReading() && !signal.aborted) {
      wanted = false;
      stream.resume();
      await stop();
      while (isReading()) await next();
    }
    stream.removeListener('close', onClose);
  }
}
