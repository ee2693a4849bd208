import { access, appendFile, readFile, rm } from 'node:fs/promises';
import { Answer, type OperationEvent, type OperationSummary } from '#contract/operations.ts';
import { isOutdatedBy } from '#core/event-log.ts';
import type { OperationRecord, RecordListeners } from '#core/operation-log.ts';
import { writeAtomically, writeFailure } from './files.ts';
import type { OperationFiles, OperationHeader } from './operation-log.ts';
import { ownIdentity } from './process-identity.ts';

/** Milliseconds in which events are gathered before they are written. */
const GATHER = 50;
/** Milliseconds between two looks for what other processes ask. */
const LOOK_PAUSE = 200;

type Writing = {
  readonly files: OperationFiles;
  readonly summary: OperationSummary;
  readonly listeners: RecordListeners;
  /** Tidies up after it has ended. */
  readonly onClosed: () => Promise<void>;
};

/** Begins the record of an operation of this process. The first failure to write is told, then it writes no more. */
export function writeOperation(writing: Writing): OperationRecord {
  return new Record(writing);
}

class Record implements OperationRecord {
  private readonly writing: Writing;
  private readonly lookout: NodeJS.Timeout;
  private pending: OperationEvent[] = [];
  private timer: NodeJS.Timeout | undefined;
  private failed = false;
  /** Everything that was written so far; never rejects. */
  private written: Promise<void>;

  constructor(writing: Writing) {
    this.writing = writing;
    this.written = this.try(() => this.writeHeader(writing.summary));
    this.lookout = setInterval(() => void Promise.all([this.lookForCancel(), this.lookForAnswer()]), LOOK_PAUSE);
    this.lookout.unref();
  }

  append(event: OperationEvent): void {
    const place = this.pending.findLastIndex((earlier) => earlier.type === 'service' && event.type === 'service' && earlier.service === event.service);
    const earlier = this.pending[place];
    if (earlier && isOutdatedBy(earlier, event)) this.pending.splice(place, 1);
    this.pending.push(event);
    this.timer ??= setTimeout(() => this.flush(), GATHER);
  }

  async close(summary: OperationSummary): Promise<void> {
    clearInterval(this.lookout);
    this.flush();
    this.written = this.written.then(() => this.try(() => this.writeHeader(summary))).then(() => this.try(this.writing.onClosed));
    await this.written;
  }

  private flush(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    const text = this.pending.map((event) => `${JSON.stringify(event)}\n`).join('');
    this.pending = [];
    this.written = this.written.then(() => this.try(() => this.write(text)));
  }

  private async write(text: string): Promise<void> {
    const { events } = this.writing.files;
    await appendFile(events, text, { mode: 0o600 }).catch((error: unknown) => {
      throw writeFailure(events, error);
    });
  }

  private async writeHeader(summary: OperationSummary): Promise<void> {
    const header: OperationHeader = { summary, process: await ownIdentity() };
    await writeAtomically(this.writing.files.header, JSON.stringify(header));
  }

  private async try(write: () => Promise<void>): Promise<void> {
    if (this.failed) return;
    try {
      await write();
    } catch (error) {
      this.failed = true;
      this.writing.listeners.onFailure(error);
    }
  }

  private async lookForCancel(): Promise<void> {
    const asked = await access(this.writing.files.cancel).then(() => true, () => false);
    if (!asked) return;
    clearInterval(this.lookout);
    this.writing.listeners.onCancel();
  }

  /** Taken away as it is read: it belongs to the question of now, and to no later one. */
  private async lookForAnswer(): Promise<void> {
    const { answer: file } = this.writing.files;
    const text = await readFile(file, 'utf8').catch(() => undefined);
    if (text === undefined) return;
    await rm(file, { force: true });
    const answer = Answer.safeParse(text);
    if (answer.success) this.writing.listeners.onAnswer(answer.data);
  }
}
