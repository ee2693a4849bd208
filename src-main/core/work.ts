import type { OperationNews } from '#contract/operations.ts';

/** What work itself can tell; its start and its result are told for it. */
type WorkNews = Exclude<OperationNews, { type: 'started' | 'result' }>;

/** What a piece of long work is given: a signal to end by, and somebody to tell. */
export type Work = {
  readonly id: string;
  readonly signal: AbortSignal;
  tell(news: WorkNews): void;
};
