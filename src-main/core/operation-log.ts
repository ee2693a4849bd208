import type { Answer, OperationEvent, OperationSummary } from '#contract/operations.ts';

/** The written record of one operation of this process. */
export interface OperationRecord {
  /** Adds an event, in order and soon; never throws. */
  append(event: OperationEvent): void;
  /** Writes down how it ended, after everything that was appended; never rejects. */
  close(summary: OperationSummary): Promise<void>;
}

export type RecordListeners = {
  /** Another process asks that it be cancelled. */
  readonly onCancel: () => void;
  /** Another process answers its question. */
  readonly onAnswer: (answer: Answer) => void;
  /** It cannot be written any more. Called once; the operation itself goes on. */
  readonly onFailure: (error: unknown) => void;
};

/** Where operations are written down, so that every shell on this machine can follow and cancel them. */
export interface OperationLog {
  begin(summary: OperationSummary, listeners: RecordListeners): OperationRecord;
  /** Of every process. One whose process died before its end is `lost`. */
  list(): Promise<OperationSummary[]>;
  /** What came after `after`, then what comes. A lost one ends with a failed result. `operation-unknown` where there is none. */
  watch(id: string, after: number, signal: AbortSignal): AsyncIterable<OperationEvent>;
  /** Asks its process to cancel it; false where it has ended. `operation-unknown` where there is none. */
  cancel(id: string): Promise<boolean>;
  /** Hands an answer to its process; false where it has ended. `operation-unknown` where there is none. */
  answer(id: string, answer: Answer): Promise<boolean>;
}
