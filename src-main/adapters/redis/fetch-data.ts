import { BacklotError } from '#contract/errors.ts';
import type { Address } from '#ports/database.ts';
import { connect, redisFailure, whileItAnswers } from './connect.ts';
import { encode } from './resp.ts';

/** Milliseconds without a byte. While a server prepares its data it sends an empty line each second. */
const SILENCE = 60_000;

/** What a live server hands out to its replicas: its data at one moment, as an RDB file. Nothing is written there, and no replica stays. */
export async function* fetchData(address: Address, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  const { stream } = await connect(address, undefined, 'source-failed', signal);
  try {
    stream.removeAllListeners('data');
    const all = stream[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
    const pieces: AsyncIterator<Buffer> = { next: () => whileItAnswers(stream, SILENCE, 'source-failed', () => all.next()) };
    stream.write(encode(['SYNC']));
    let begin: Buffer = Buffer.alloc(0);
    let header: RegExpExecArray | null = null;
    while (!header) {
      const { done, value } = await pieces.next();
      if (done === true) throw cutOff();
      begin = Buffer.concat([begin, value]);
      const text = begin.subarray(0, 200).toString('latin1');
      if (/^\n*-/.test(text)) throw new BacklotError('source-failed', `The server does not hand out its data: ${text.trim().slice(1, 160)}`, { fix: 'Take an RDB file of it (BGSAVE), and let that be the source.' });
      header = /^\n*\$(\d+|EOF:.{40})\r\n/.exec(text);
    }
    const rest = begin.subarray(header[0].length);
    const length = header[1] ?? '';
    yield* length.startsWith('EOF:') ? untilMark(rest, pieces, Buffer.from(length.slice(4), 'latin1')) : exactly(rest, pieces, Number(length));
  } catch (error) {
    throw redisFailure(error, 'fetch the data of the server', 'source-failed', signal);
  } finally {
    stream.destroy();
  }
}

const cutOff = () => new BacklotError('source-failed', 'The server closed the connection before all of its data came', { fix: 'Does the server still run? Look at its log.' });

async function* exactly(first: Buffer, pieces: AsyncIterator<Buffer>, length: number): AsyncGenerator<Uint8Array> {
  let left = length;
  for (let piece = first; ; ) {
    const part = piece.subarray(0, left);
    left -= part.length;
    if (part.length > 0) yield part;
    if (left === 0) return;
    const { done, value } = await pieces.next();
    if (done === true) throw cutOff();
    piece = value;
  }
}

async function* untilMark(first: Buffer, pieces: AsyncIterator<Buffer>, mark: Buffer): AsyncGenerator<Uint8Array> {
  for (let held = first; ; ) {
    const at = held.indexOf(mark);
    if (at !== -1) {
      yield held.subarray(0, at);
      return;
    }
    const safe = Math.max(0, held.length - mark.length);
    if (safe > 0) yield held.subarray(0, safe);
    const { done, value } = await pieces.next();
    if (done === true) throw cutOff();
    held = Buffer.concat([held.subarray(safe), value]);
  }
}
