import { ByteSearch } from './byte-search.ts';
import { GramFilter, type FilledFilters } from './gram-filter.ts';
import type { OnMatch, Text } from './gram-index.ts';
import { OriginalSet } from './original-set.ts';
import type { OriginalBatch } from './pack-originals.ts';
import { Plausible } from './plausible.ts';
import { newReport, searchStream, type NamedStream, type SearchReport } from './stream-search.ts';
import type { Windows } from './windows.ts';

/** How much of a pattern can lie before its gram, and how long one is: a value in UTF-16. */
const LONGEST_BEFORE = 64;
const LONGEST = 128;
/** Stretches so near to each other are one: what has to be kept around them is never longer. */
const APART = 1 << 10;

/** What a look is for: how many patterns of each kind there are at most, how many digits a number has at least, and which bytes originals have. */
export type LookedFor = { readonly patterns: readonly number[]; readonly digits: number; readonly bytes: Uint8Array };

/** Looks over streams for more originals than memory should hold: it knows them by their grams, and afterwards tells batch by batch which may be there. */
export class Look {
  private readonly filter: GramFilter;
  private readonly known: { readonly digits: number; readonly plausible: Plausible };

  /** A new filter is made where none is given. */
  constructor({ patterns, digits, bytes }: LookedFor, filter = GramFilter.for(patterns)) {
    this.filter = filter;
    this.known = { digits, plausible: new Plausible(bytes) };
  }

  /** What was added, for a look in another thread. */
  get filled(): FilledFilters {
    return this.filter.filled;
  }

  /** Adds originals that are looked for. */
  add({ grams }: OriginalBatch): void {
    for (const placed of grams) this.filter.add(placed);
  }

  /** Looks over streams, and keeps windows of what it finds. `markAll` has to mark all batches, and clear, whenever no more can be remembered, and at the end. */
  async at(streams: AsyncIterable<NamedStream>, windows: Windows, markAll: () => void | Promise<void>, signal?: AbortSignal): Promise<SearchReport> {
    const report = newReport();
    const index = { search: (text: Text, onMatch: OnMatch) => this.lookOver(text, windows, onMatch) };
    const search = new ByteSearch(new OriginalSet(undefined, 1), { windows, index, originalOf: new Uint32Array(0), digitsFrom: Infinity, known: this.known });
    const { filter } = this;
    async function* watched(source: AsyncIterable<Uint8Array>) {
      for await (const chunk of source) {
        yield chunk;
        if (filter.isFull) await markAll();
      }
    }
    for await (const { name, source } of streams) await searchStream(search, report, { name, source: watched(source) }, signal);
    if (!filter.isEmpty) await markAll();
    return report;
  }

  /** Tells the originals of a batch that share a gram with what was looked at, by their numbers in it. */
  mark({ grams: [own, variants], variantOf }: OriginalBatch, onOriginal: (id: number) => void): void {
    this.filter.eachThatMayOccur(own, onOriginal);
    this.filter.eachThatMayOccur(variants, (pattern) => onOriginal(variantOf[pattern] ?? 0));
  }

  /** Forgets what occurred. */
  clear(): void {
    this.filter.clear();
  }

  /** Tells, instead of patterns, stretches of a text in which all lie whole that may be there, each far from the next. */
  private lookOver(text: Text, windows: Windows, onMatch: OnMatch): void {
    const places = this.filter.search(text);
    if (windows.areGivenUp || places.length === 0) return;
    const sorted = Int32Array.from(places).sort();
    let [start, end] = [-Infinity, -Infinity];
    for (const place of sorted) {
      if (place - LONGEST_BEFORE > end + APART) {
        if (end > 0) onMatch(0, start, end);
        start = Math.max(0, place - LONGEST_BEFORE);
      }
      end = Math.min(text.length, place + LONGEST);
    }
    onMatch(0, start, end);
  }
}
