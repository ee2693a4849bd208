import type { OperationNews } from '#contract/operations.ts';

/** What a piece of long work is given: a signal to end by, and somebody to tell. */
export type Work = {
  readonly id: string;
  readonly signal: AbortSignal;
  tell(news: OperationNews): void;
};
