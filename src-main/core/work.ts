import type { Answer, OperationNews } from '#contract/operations.ts';

/** What work itself can tell; its start and its result are told for it. */
export type WorkNews = Exclude<OperationNews, { type: 'started' | 'result' }>;

/** A question without its answer. */
export type Question = Omit<Extract<OperationNews, { type: 'question' }>, 'type' | 'answer' | 'ended'>;

/** What a piece of long work is given: a signal to end by, and somebody to tell. */
export type Work = {
  readonly id: string;
  readonly signal: AbortSignal;
  tell(news: WorkNews): void;
  /** Asks whoever watches, and waits for the answer until the question's end; nothing where nobody answered. */
  ask?(question: Question): Promise<Answer | undefined>;
};
