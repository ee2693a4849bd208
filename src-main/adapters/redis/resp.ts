import type { Duplex } from 'node:stream';

/** A refusal of the server, in its words. */
export class RefusedByRedis extends Error {}

export type Reply = Buffer | number | null | RefusedByRedis | readonly Reply[];
export type Argument = string | number | Uint8Array;

const LINE_END = Buffer.from('\r\n');

/** Speaks Redis' own protocol over a stream: commands go out as they are asked, replies come back in that order. */
export class RespClient {
  readonly stream: Duplex;
  private readonly waiting: { readonly resolve: (reply: Reply) => void; readonly reject: (error: unknown) => void }[] = [];
  private readonly parser = new RespParser();
  private failure: unknown;

  constructor(stream: Duplex) {
    this.stream = stream;
    stream.on('data', (piece: Buffer) => {
      for (const reply of this.parser.push(piece)) this.waiting.shift()?.resolve(reply);
    });
    const fail = (error: unknown) => {
      this.failure ??= error;
      for (const { reject } of this.waiting.splice(0)) reject(this.failure);
    };
    stream.on('error', fail);
    stream.on('close', () => fail(Object.assign(new Error('The connection was closed'), { code: 'ECONNRESET' })));
  }

  /** Asks one thing. Rejects where the server refuses it. */
  async ask(...command: readonly Argument[]): Promise<Reply> {
    const reply = await this.send(command);
    if (reply instanceof RefusedByRedis) throw reply;
    return reply;
  }

  /** Asks several things at once; the first refusal rejects, after all of them were answered. */
  async askAll(commands: readonly (readonly Argument[])[]): Promise<Reply[]> {
    this.stream.cork();
    const sent = commands.map((command) => this.send(command));
    process.nextTick(() => this.stream.uncork());
    const replies = await Promise.all(sent);
    const refused = replies.find((reply) => reply instanceof RefusedByRedis);
    if (refused) throw refused;
    return replies;
  }

  private send(command: readonly Argument[]): Promise<Reply> {
    return new Promise((resolve, reject) => {
      if (this.failure !== undefined) return reject(this.failure as Error);
      this.waiting.push({ resolve, reject });
      this.stream.write(encode(command));
    });
  }
}

/** A command as bytes. */
export function encode(command: readonly Argument[]): Buffer {
  const parts: Uint8Array[] = [Buffer.from(`*${command.length}\r\n`)];
  for (const argument of command) {
    const bytes = argument instanceof Uint8Array ? argument : Buffer.from(String(argument));
    parts.push(Buffer.from(`$${bytes.length}\r\n`), bytes, LINE_END);
  }
  return Buffer.concat(parts);
}

/** Reads replies out of pieces that end anywhere. */
class RespParser {
  private rest: Buffer = Buffer.alloc(0);
  private needed = 0;
  private parts: Buffer[] = [];

  *push(piece: Buffer): Generator<Reply> {
    this.parts.push(piece);
    const length = this.parts.reduce((sum, part) => sum + part.length, this.rest.length);
    // A long reply is looked at again only once enough of it came.
    if (length < this.needed) return;
    this.rest = Buffer.concat([this.rest, ...this.parts]);
    this.parts = [];
    let at = 0;
    for (;;) {
      const read = readReply(this.rest, at);
      if (typeof read === 'number') {
        this.needed = read - at;
        break;
      }
      at = read.next;
      yield read.reply;
    }
    this.rest = this.rest.subarray(at);
  }
}

type Read = { readonly reply: Reply; readonly next: number };

/** A reply and where the next begins; or how many bytes there have to be at least. */
function readReply(bytes: Buffer, from: number): Read | number {
  const end = bytes.indexOf(LINE_END, from);
  if (end === -1) return bytes.length + 1;
  const line = bytes.toString('latin1', from + 1, end);
  const next = end + 2;
  switch (bytes[from]) {
    case 0x2b:
      return { reply: Buffer.from(line, 'latin1'), next };
    case 0x2d:
      return { reply: new RefusedByRedis(line), next };
    case 0x3a:
      return { reply: Number(line), next };
    case 0x24: {
      const length = Number(line);
      if (length < 0) return { reply: null, next };
      if (bytes.length < next + length + 2) return next + length + 2;
      return { reply: Buffer.from(bytes.subarray(next, next + length)), next: next + length + 2 };
    }
    default:
      return readArray(bytes, Number(line), next);
  }
}

function readArray(bytes: Buffer, count: number, from: number): Read | number {
  if (count < 0) return { reply: null, next: from };
  const replies: Reply[] = [];
  let next = from;
  for (let index = 0; index < count; index++) {
    const read = readReply(bytes, next);
    if (typeof read === 'number') return read;
    replies.push(read.reply);
    next = read.next;
  }
  return { reply: replies, next };
}
