import { BacklotError } from '#contract/errors.ts';
import { SEARCHED_AT_ONCE, type ByteSearch, type Found } from './byte-search.ts';
import { endOfDigits, isPart, startOfNumber } from './part-of-value.ts';
import { findPacked, unpackAtOnce, Unpacker } from './unpack.ts';
import type { Encoding, View } from './view.ts';

/** What is looked at again with the next block: more than a value takes in any writing. */
const OVERLAP = 1 << 11;
/** Packed data within packed data that is looked into. */
const DEEPEST = 3;
const MOST_UNPACKERS = 16;

/** Where originals were found: in a stream (a file, a table), at an offset, in a writing. Never the value itself. */
type Place = { readonly stream: string; readonly offset: number; readonly encoding: Encoding; readonly packed: boolean };

/** What was found of an original: how often, and where first. */
export type Finding = { times: number; readonly first: Place };

export type SearchReport = {
  /** By the number of the original. */
  readonly findings: Map<number, Finding>;
  /** Bytes that were read, and bytes that came out of packed parts. */
  bytes: number;
  unpacked: number;
  /** Packed parts that could not be looked into, or not wholly. */
  readonly closed: Map<string, number>;
  /** Places where an original is only a part of a longer value that means nothing. */
  parts: number;
  readonly meansNothing: ((value: Uint8Array) => boolean) | undefined;
};

/** A report of nothing yet. `meansNothing` knows values that may well have an original in them: `10.0.0.7` within `110.0.0.73`. */
export const newReport = (meansNothing?: (value: Uint8Array) => boolean): SearchReport => ({ findings: new Map(), bytes: 0, unpacked: 0, closed: new Map(), parts: 0, meansNothing });

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

type Running = { readonly unpacker: Unpacker; readonly kind: 'gzip' | 'zip'; readonly inner: StreamSearcher; waiting: Promise<void> };

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
    const { original, at, encoding } = found;
    if (this.isOfLonger(found)) this.report.parts += 1;
    else this.note(original, { stream: this.name, offset: this.base + at, encoding, packed: this.depth > 0 });
  };

  /** Whether it stands in a longer value that means nothing. Where escapes were undone nearby, the same value is found there once more. */
  private isOfLonger({ original, at, encoding, within }: Found): boolean {
    const { meansNothing } = this.report;
    if (!meansNothing) return false;
    if (encoding === 'escaped' && within) return isPart(within.text, within.from, within.to, meansNothing);
    const text = this.memory.bytes.subarray(0, this.length);
    const value = this.search.originals.value(original);
    if (encoding === 'plain') return isPart(text, at, at + value.length, meansNothing);
    const start = startOfNumber(text, at);
    return encoding === 'digits' && isPart(text, start, endOfDigits(text, start, value), meansNothing);
  }

  private note(original: number, first: Place): void {
    const known = this.report.findings.get(original);
    if (known) known.times += 1;
    else this.report.findings.set(original, { times: 1, first });
  }

  /** Feeds what is being unpacked with what is new, and begins where packed data begins. */
  private async unpack(bytes: Buffer, seen: number): Promise<void> {
    for (const running of [...this.running]) if (!(await this.feed(running, bytes.subarray(seen)))) await this.close(running);
    if (this.depth >= DEEPEST) return;
    // A beginning is looked for where its header is whole; the last bytes are looked at again with what follows.
    const from = Math.max(0, seen - HEADER);
    for (const { at, kind } of findPacked(bytes, from, this.length < SEARCHED_AT_ONCE ? bytes.length : bytes.length - HEADER)) {
      if (kind === 'zstd') this.noteClosed('zstd');
      else if (at >= bytes.length || this.running.length >= MOST_UNPACKERS) this.noteClosed(kind);
      else await this.begin(kind, bytes.subarray(at));
    }
  }

  private async begin(kind: 'gzip' | 'zip', bytes: Uint8Array): Promise<void> {
    const inner = new StreamSearcher(this.search, this.report, this.name, this.depth + 1);
    const running: Running = {
      kind,
      inner,
      waiting: Promise.resolve(),
      unpacker: new Unpacker((chunk) => {
        this.report.unpacked += chunk.length;
        running.waiting = running.waiting.then(() => inner.push(chunk));
      }),
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
      const unpacked = kind === 'zstd' ? undefined : unpackAtOnce(buffer.subarray(at));
      if (kind === 'zstd') this.noteClosed(kind);
      if (unpacked && unpacked.length > 0) this.unpackedViews.push(unpacked);
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
