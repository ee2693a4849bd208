import { BacklotError } from '#contract/errors.ts';
import type { Answer, OperationNews } from '#contract/operations.ts';
import type { Question } from './work.ts';

type Waiting = { readonly answers: readonly Answer[]; readonly resolve: (answer: Answer) => void };

/** The one question with which an operation waits, if any. */
export class OpenQuestion {
  private waiting: Waiting | undefined;

  /** Tells the question, waits, and tells what came of it. */
  async ask(question: Question, tell: (news: OperationNews) => void, signal: AbortSignal): Promise<Answer | undefined> {
    const cancelled = () => new BacklotError('cancelled', 'cancelled');
    if (signal.aborted) throw cancelled();
    tell({ type: 'question', ...question });
    let leave = () => {};
    try {
      const answer = await new Promise<Answer | undefined>((resolve, reject) => {
        this.waiting = { answers: question.answers, resolve };
        const onAbort = () => reject(cancelled());
        const timer = setTimeout(() => resolve(undefined), Math.max(0, Date.parse(question.until) - Date.now()));
        signal.addEventListener('abort', onAbort, { once: true });
        leave = () => {
          clearTimeout(timer);
          signal.removeEventListener('abort', onAbort);
        };
      });
      tell({ type: 'question', ...question, ended: true, ...(answer !== undefined && { answer }) });
      return answer;
    } finally {
      leave();
      this.waiting = undefined;
    }
  }

  /** False where nothing is asked, or the question does not take it. */
  answer(answer: Answer): boolean {
    const waiting = this.waiting;
    if (!waiting?.answers.includes(answer)) return false;
    this.waiting = undefined;
    waiting.resolve(answer);
    return true;
  }
}
