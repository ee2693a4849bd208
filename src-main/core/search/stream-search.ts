import { BacklotError } from '#contract/errors.ts';
import { SEARCHED_AT_ONCE, type ByteSearch, type Found } from './byte-search.ts';
import { noteFinding, type SearchReport } from './note-findings.ts';
import { DOUBTFUL, findPacked, unpackAtOnce, Unpacker, unpackShort, type Packed } from './unpack.ts';
import type { View } from './view.ts';

export { newReport, type Finding, type SearchReport } from './note-findings.ts';

/** What is looked at again with the next block: more than a value takes in any writing. */
const OVERLAP = 1 << 11;
/** Packed data within packed data that is looked into. */
const DEEPEST = 3;
const MOST_UNPACKERS = 16;
/** Of packed data that is known by little, so much is tried to unpack before more is done for it. */
const TRIED = 1 << 14;

/** Bytes with the name that reports give their place by: a file of a volume, a table. */
export type NamedStream = { readonly name: string; readonly source: AsyncIterable<Uint8Array> };

/** Searches a stream of any length for all originals and adds what it finds to the report; packed parts are unpacked on the way. */
export async function searchStream(search: ByteSearch, report: SearchReport, { name, source }: NamedStream, signal?: AbortSignal): Promise<void> {
  const searcher = new StreamSearcher(search, report, name, 0);
  for await (const chunk of source) {
    if (signal?.aborted) throw new BacklotError('cancelled', 'cancelled');
    report.bytes += chunk.length;
    await searcher.push(chunk);
  }
  await searcher.end();
}

type Streamed = Exclude<Packed['kind'], 'zstd'>;
type Running = { readonly unpacker: Unpacker; readonly kind: Streamed; readonly inner: StreamSearcher; waiting: Promise<void> };

class StreamSearcher {
  private readonly search: ByteSearch;
  private readonly report: SearchReport;
  private readonly name: string;
  private readonly depth: number;
  private readonly memory: ReturnType<ByteSearch['borrowMemory']>;
  /** Bytes at the beginning of the memory that have been looked at, and bytes in it at all. */
  private seen = 0;
  private length = 0;
  /** Offset in the stream of the memory's beginning. */
  private base = 0;
  private running: Running[] = [];
  private readonly unpackedViews: Uint8Array[] = [];

  constructor(search: ByteSearch, report: SearchReport, name: string, depth: number) {
    this.search = search;
    this.memory = search.borrowMemory();
    this.report = report;
    this.name = name;
    this.depth = depth;
  }

  async push(chunk: Uint8Array): Promise<void> {
    for (let from = 0; from < chunk.length; ) {
      const part = chunk.subarray(from, from + SEARCHED_AT_ONCE - this.length);
      this.memory.bytes.set(part, this.length);
      this.length += part.length;
      from += part.length;
      if (this.length === SEARCHED_AT_ONCE) await this.look();
    }
  }

  async end(): Promise<void> {
    if (this.length > 0) await this.look();
    for (const running of this.running) await this.close(running);
    this.search.giveBack(this.memory);
  }

  private async look(): Promise<void> {
    const { bytes, words } = this.memory;
    const [seen, length] = [this.seen, this.length];
    bytes.fill(0, length, length + 16);
    this.search.search({ bytes, words, length }, seen, this.found, this.depth < DEEPEST ? this.lookIntoView : undefined);
    await this.searchUnpackedViews();
    await this.unpack(Buffer.from(bytes.buffer, 0, length), seen);
    this.seen = Math.min(length, OVERLAP);
    bytes.copyWithin(0, length - this.seen, length);
    this.base += length - this.seen;
    this.length = this.seen;
  }

  private readonly found = (found: Found) => {
    const { search, report } = this;
    const at = { stream: this.name, base: this.base, packed: this.depth > 0, text: this.memory.bytes.subarray(0, this.length) };
    if (search.windows) search.windows.keep(found, at, { seen: this.seen, looked: report.bytes + report.unpacked });
    else noteFinding(report, search.originals, found, at);
  };

  /** Feeds what is being unpacked with what is new, and begins where packed data begins. */
  private async unpack(bytes: Buffer, seen: number): Promise<void> {
    for (const running of [...this.running]) if (!(await this.feed(running, bytes.subarray(seen)))) await this.close(running);
    if (this.depth >= DEEPEST) return;
    // A beginning is looked for where its header is whole; the last bytes are looked at again with what follows.
    const from = Math.max(0, seen - HEADER);
    for (const { at, kind } of findPacked(bytes, from, this.length < SEARCHED_AT_ONCE ? bytes.length : bytes.length - HEADER)) {
      const short = kind === 'zlib' ? unpackShort(bytes.subarray(at, at + TRIED)) : 'more';
      if (short === undefined) continue;
      if (short !== 'more') this.unpackedViews.push(short);
      else if (kind === 'zstd') this.noteClosed('zstd');
      else if (at >= bytes.length || this.running.length >= MOST_UNPACKERS) this.noteClosed(kind);
      else await this.begin(kind, bytes.subarray(at));
    }
    await this.searchUnpackedViews();
  }

  private async begin(kind: Streamed, bytes: Uint8Array): Promise<void> {
    const inner = new StreamSearcher(this.search, this.report, this.name, this.depth + 1);
    const running: Running = {
      kind,
      inner,
      waiting: Promise.resolve(),
      unpacker: new Unpacker((chunk) => {
        this.report.unpacked += chunk.length;
        running.waiting = running.waiting.then(() => inner.push(chunk));
      }, kind),
    };
    this.running.push(running);
    if (!(await this.feed(running, bytes))) await this.close(running);
  }

  private async feed(running: Running, bytes: Uint8Array): Promise<boolean> {
    // The memory is used again while zlib may still read from it.
    const more = await running.unpacker.push(Buffer.from(bytes));
    await running.waiting;
    return more;
  }

  private async close(running: Running): Promise<void> {
    this.running = this.running.filter((other) => other !== running);
    const how = await running.unpacker.close();
    await running.waiting;
    await running.inner.end();
    if (how === 'cut') this.noteClosed(running.kind);
  }

  private noteClosed(kind: string): void {
    this.report.closed.set(kind, (this.report.closed.get(kind) ?? 0) + 1);
  }

  /** Packed data in another writing, such as a byte column in a row of text. It is searched once the search at hand is over. */
  private readonly lookIntoView = (view: View) => {
    if (view.encoding !== 'hex' && view.encoding !== 'base64' && view.encoding !== 'escaped') return;
    const { bytes, length } = view.text;
    const buffer = Buffer.from(bytes.buffer, 0, length);
    for (const { at, kind } of findPacked(buffer, 0, length)) {
      const packed = buffer.subarray(at, view.pieceOf(at).end);
      const unpacked = kind === 'zstd' ? undefined : unpackAtOnce(packed);
      if (kind === 'zstd') this.noteClosed(kind);
      if (!unpacked || unpacked.length === 0) continue;
      this.unpackedViews.push(unpacked);
      // A view has only a part of a long run, and what follows does not tell that it is packed.
      if ((kind !== 'zlib' || unpacked.length > DOUBTFUL) && unpackShort(packed) === 'more') this.noteClosed(kind);
    }
  };

  private async searchUnpackedViews(): Promise<void> {
    for (const bytes of this.unpackedViews.splice(0)) {
      this.report.unpacked += bytes.length;
      const inner = new StreamSearcher(this.search, this.report, this.name, this.depth + 1);
      await inner.push(bytes);
      await inner.end();
    }
  }
}

/** The longest beginning of packed data that is needed to know it. */
const HEADER = 600;
