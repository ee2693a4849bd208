import { createWriteStream, type WriteStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import type { LogLine } from '#contract/stack.ts';
import type { RunLog } from '#ports/run-store.ts';
import { isCode } from '../state/files.ts';

/** Bytes of one service that are kept from its beginning, and from its end. */
const HEAD = 16 * 1024 * 1024;
const TAIL = 2 * 1024 * 1024;
/** Milliseconds between two looks at a log that is still written. */
const PAUSE = 100;
const END = 'null\n';

type Kept = { head: number; tail: { text: string; size: number }[]; tailSize: number; left: number };

/** Writes a log as JSON lines; at its end stands a mark. */
export function openRunLog(file: string): RunLog {
  const stream = createWriteStream(file, { flags: 'a', mode: 0o600 });
  const services = new Map<string, Kept>();
  let broken = false;
  // A log that cannot be written does not turn a stage; that it is not whole is seen in it.
  stream.on('error', () => (broken = true));
  const keptOf = (service: string) => {
    const known = services.get(service) ?? { head: 0, tail: [], tailSize: 0, left: 0 };
    services.set(service, known);
    return known;
  };
  return {
    write(lines) {
      let text = '';
      for (const line of lines) {
        const written = format(line);
        const kept = keptOf(line.service);
        if (kept.head + written.length <= HEAD && kept.tail.length === 0) {
          kept.head += written.length;
          text += written;
        } else keepLast(kept, written);
      }
      if (text !== '' && !broken) stream.write(text);
    },
    async close() {
      for (const [service, { tail, left }] of services) {
        if (left > 0) stream.write(format({ service, stream: 'stderr', time: new Date().toISOString(), line: `(${left} lines are left out here)` }));
        for (const { text } of tail) stream.write(text);
      }
      await ended(stream, broken);
    },
  };
}

function keepLast(kept: Kept, text: string): void {
  kept.tail.push({ text, size: text.length });
  kept.tailSize += text.length;
  // In steps, so that a flood does not move the whole list for each line.
  if (kept.tailSize < TAIL * 2) return;
  let at = 0;
  for (; kept.tailSize > TAIL; at++) kept.tailSize -= kept.tail[at]?.size ?? 0;
  kept.tail.splice(0, at);
  kept.left += at;
}

function ended(stream: WriteStream, broken: boolean): Promise<void> {
  if (broken) return Promise.resolve();
  return new Promise((resolve) => {
    stream.once('error', () => resolve());
    stream.end(END, () => resolve());
  });
}

function format({ service, stream, time, line, cut }: LogLine): string {
  return `${JSON.stringify([time, service, stream === 'stdout' ? 'o' : 'e', line, ...(cut === undefined ? [] : [cut])])}\n`;
}

/** Reads a log in batches; with `follow`, until it has its mark or nobody writes it any more. */
export async function* readRunLog(file: string, follow: boolean, isWritten: () => Promise<boolean>, signal: AbortSignal): AsyncGenerator<readonly LogLine[]> {
  const buffer = Buffer.alloc(1 << 18);
  let position = 0;
  let rest: Uint8Array = new Uint8Array(0);
  let last = false;
  while (!signal.aborted) {
    const read = await readAt(file, buffer, position);
    position += read;
    const bytes = Buffer.concat([rest, buffer.subarray(0, read)]);
    const end = bytes.lastIndexOf(0x0a) + 1;
    rest = bytes.subarray(end);
    const texts = bytes.subarray(0, end).toString('utf8').split('\n').filter((text) => text !== '');
    const lines = texts.flatMap(parse);
    if (lines.length > 0) yield lines;
    if (texts.at(-1) === 'null') return;
    if (read > 0) continue;
    if (!follow || last) return;
    last = !(await isWritten());
    if (!last) await delay(PAUSE, undefined, { signal }).catch(() => {});
  }
}

async function readAt(file: string, buffer: Buffer, position: number): Promise<number> {
  try {
    const handle = await open(file, 'r');
    try {
      return (await handle.read(buffer, 0, buffer.length, position)).bytesRead;
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (isCode(error, 'ENOENT')) return 0;
    throw error;
  }
}

function parse(text: string): LogLine[] {
  try {
    const value = JSON.parse(text) as [string, string, 'o' | 'e', string, number?] | null;
    if (value === null) return [];
    const [time, service, stream, line, cut] = value;
    return [{ time, service, stream: stream === 'o' ? 'stdout' : 'stderr', line, ...(cut !== undefined && { cut }) }];
  } catch {
    return [];
  }
}
