import type { LogLine } from '#contract/stack.ts';

/** Lines in one batch at most; a reader shows them together. */
const BATCH = 1000;

type Source = { readonly iterator: AsyncIterator<readonly LogLine[]>; lines: readonly LogLine[]; next: number };

/** Merges feeds that are each in the order of time into one. Reads no further ahead than one batch of each. */
export async function* mergeByTime(feeds: readonly AsyncIterable<readonly LogLine[]>[]): AsyncGenerator<LogLine[]> {
  const sources: Source[] = feeds.map((feed) => ({ iterator: feed[Symbol.asyncIterator](), lines: [], next: 0 }));
  try {
    let open = await refill(sources);
    while (open.length > 0) {
      const batch: LogLine[] = [];
      // A source that has run dry may hold the earliest line next, so it is read before anything later is taken.
      while (batch.length < BATCH && open.every((source) => source.next < source.lines.length)) batch.push(takeEarliest(open));
      if (batch.length > 0) yield batch;
      open = await refill(open);
    }
  } finally {
    await Promise.allSettled(sources.map((source) => source.iterator.return?.()));
  }
}

function takeEarliest(sources: readonly Source[]): LogLine {
  let earliest: Source | undefined;
  for (const source of sources) if (!earliest || timeOf(source) < timeOf(earliest)) earliest = source;
  return earliest?.lines[earliest.next++] as LogLine;
}

function timeOf(source: Source): string {
  return source.lines[source.next]?.time ?? '';
}

/** Gets the next lines of every source that has none left; drops those that have ended. */
async function refill(sources: readonly Source[]): Promise<Source[]> {
  const filled = await Promise.all(
    sources.map(async (source) => {
      while (source.next >= source.lines.length) {
        const result = await source.iterator.next();
        if (result.done) return undefined;
        source.lines = result.value;
        source.next = 0;
      }
      return source;
    }),
  );
  return filled.filter((source) => source !== undefined);
}
