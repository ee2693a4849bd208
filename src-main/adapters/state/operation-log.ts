import { open, readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { BacklotError, type Failure } from '#contract/errors.ts';
import { OperationEvent, OperationSummary } from '#contract/operations.ts';
import type { OperationLog } from '#core/operation-log.ts';
import { isCode, readJson, writeAtomically } from './files.ts';
import { writeOperation } from './operation-record.ts';
import type { Paths } from './paths.ts';
import { isAlive, ProcessIdentity } from './process-identity.ts';

/** Milliseconds between two looks at the record of an operation that another process runs. */
const PAUSE = 150;
/** Records that are kept. */
const MOST_RECORDS = 100;

/** What stands in an operation's file beside its events: what it is, and whose. */
export const OperationHeader = z.object({ summary: OperationSummary, process: ProcessIdentity });
export type OperationHeader = z.infer<typeof OperationHeader>;

/** The files of one operation. */
export type OperationFiles = { readonly header: string; readonly events: string; readonly cancel: string; readonly answer: string };

/** Operations of all processes of this user, in files below the state folder: header, events, a request to cancel, and an answer. */
export function createOperationLog(options: { readonly paths: Paths }): OperationLog {
  const folder = path.join(options.paths.state, 'operations');
  const headerOf = async (id: string) => (isId(id) ? readJson(filesOf(folder, id).header, OperationHeader) : undefined);

  const request = async (id: string, file: 'cancel' | 'answer', text: string): Promise<boolean> => {
    const header = await headerOf(id);
    if (!header) throw unknown(id);
    if ((await summaryNow(header)).state !== 'running') return false;
    await writeAtomically(filesOf(folder, id)[file], text);
    return true;
  };

  return {
    begin(summary, listeners) {
      return writeOperation({ files: filesOf(folder, summary.id), summary, listeners, onClosed: () => forgetOldest(folder) });
    },
    async list() {
      const headers = await Promise.all((await idsIn(folder)).map(headerOf));
      return Promise.all(headers.filter((header) => header !== undefined).map(summaryNow));
    },
    async *watch(id, after, signal) {
      const header = await headerOf(id);
      if (!header) throw unknown(id);
      yield* follow(filesOf(folder, id), header, after, signal);
    },
    cancel: (id) => request(id, 'cancel', ''),
    answer: (id, answer) => request(id, 'answer', answer),
  };
}

/** Reads the events of another process's operation as they are written, until its result, its process's death or the signal. */
async function* follow(files: OperationFiles, header: OperationHeader, after: number, signal: AbortSignal): AsyncGenerator<OperationEvent> {
  const reader = new EventReader(files.events);
  let last = after;
  let lost = false;
  while (!signal.aborted) {
    const events = await reader.next();
    for (const event of events) {
      if (event.sequence > last) {
        last = event.sequence;
        yield event;
      }
      if (event.type === 'result') return;
    }
    if (events.length > 0) continue;
    if (lost) {
      yield { type: 'result', ok: false, error: lostFailure(header.summary), sequence: last + 1, time: new Date().toISOString() };
      return;
    }
    // One more look after its death: it may have written its result just before.
    lost = header.summary.state !== 'running' || !(await isAlive(header.process));
    if (!lost) await delay(PAUSE, undefined, { signal }).catch(() => {});
  }
}

/** The complete lines of a file that grows. */
class EventReader {
  private readonly file: string;
  private position = 0;
  private rest = Buffer.alloc(0);

  constructor(file: string) {
    this.file = file;
  }

  async next(): Promise<OperationEvent[]> {
    const chunk = await this.read();
    if (chunk.length === 0) return [];
    const bytes = Buffer.concat([this.rest, chunk]);
    const end = bytes.lastIndexOf(0x0a) + 1;
    this.rest = bytes.subarray(end);
    return bytes.subarray(0, end).toString('utf8').split('\n').flatMap(understand);
  }

  private async read(): Promise<Buffer> {
    const handle = await open(this.file, 'r').catch((error: unknown) => {
      if (isCode(error, 'ENOENT')) return undefined;
      throw error;
    });
    if (!handle) return Buffer.alloc(0);
    try {
      const { bytesRead, buffer } = await handle.read(Buffer.alloc(256 * 1024), 0, 256 * 1024, this.position);
      this.position += bytesRead;
      return buffer.subarray(0, bytesRead);
    } finally {
      await handle.close();
    }
  }
}

function understand(line: string): OperationEvent[] {
  try {
    const parsed = OperationEvent.safeParse(JSON.parse(line));
    return parsed.success ? [parsed.data] : [];
  } catch {
    return [];
  }
}

async function summaryNow({ summary, process }: OperationHeader): Promise<OperationSummary> {
  if (summary.state !== 'running' || (await isAlive(process))) return summary;
  return { ...summary, state: 'lost', error: lostFailure(summary) };
}

function lostFailure({ owner }: OperationSummary): Failure {
  const message = `This was not finished: its process (${owner}) ended before it`;
  return { code: 'operation-lost', message, fix: 'Run it again: what it left is taken up, or taken away. To take it away without that: backlot clean' };
}

async function forgetOldest(folder: string): Promise<void> {
  // Ids begin with their time.
  const ids = (await idsIn(folder)).sort().reverse();
  for (const id of ids.slice(MOST_RECORDS)) {
    const header = await readJson(filesOf(folder, id).header, OperationHeader);
    if (header?.summary.state === 'running' && (await isAlive(header.process))) continue;
    for (const file of Object.values(filesOf(folder, id))) await rm(file, { force: true });
  }
}

async function idsIn(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch((error: unknown) => {
    if (isCode(error, 'ENOENT')) return [];
    throw error;
  });
  return names.filter((name) => name.endsWith('.json')).map((name) => name.slice(0, -'.json'.length)).filter(isId);
}

function filesOf(folder: string, id: string): OperationFiles {
  const file = (extension: string) => path.join(folder, `${id}.${extension}`);
  return { header: file('json'), events: file('events'), cancel: file('cancel'), answer: file('answer') };
}

/** An id comes from outside and becomes a file's name. */
function isId(id: string): boolean {
  return /^[a-z0-9-]{1,64}$/.test(id);
}

function unknown(id: string): BacklotError {
  return new BacklotError('operation-unknown', `There is no operation ${JSON.stringify(id.slice(0, 100))}`);
}
