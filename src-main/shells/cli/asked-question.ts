import { createInterface } from 'node:readline/promises';
import type { Backlot } from '#contract/index.ts';
import type { Answer, OperationEvent } from '#contract/operations.ts';
import { canAsk } from './ask.ts';
import type { Context } from './context.ts';
import type { ProgressView } from './progress.ts';

type Question = OperationEvent & { type: 'question' };

const WORDS: Readonly<Record<Answer, string>> = { continue: 'continue', rollback: 'roll back', abort: 'abort' };

/** The question of an operation, put to the person at the terminal. Somebody at a page may be quicker: then it is taken back. */
export class AskedQuestion {
  private readonly id: string;
  private readonly context: Context;
  private readonly backlot: Backlot;
  private readonly progress: ProgressView;
  private asking: AbortController | undefined;

  constructor(id: string, context: Context, backlot: Backlot, progress: ProgressView) {
    this.id = id;
    this.context = context;
    this.backlot = backlot;
    this.progress = progress;
  }

  show(question: Question): void {
    if (question.ended === true) {
      this.asking?.abort();
      this.asking = undefined;
      return;
    }
    if (!canAsk(this.context)) return;
    this.asking = new AbortController();
    void this.put(question, this.asking.signal);
  }

  private async put(question: Question, signal: AbortSignal): Promise<void> {
    this.progress.pause();
    try {
      const answer = await this.read(question, signal);
      if (answer !== undefined) await this.backlot.operations.answer({ id: this.id, answer });
    } catch {
      // It was taken back, or the work has ended: its events tell.
    } finally {
      this.progress.resume();
    }
  }

  private async read({ target, text, answers }: Question, signal: AbortSignal): Promise<Answer | undefined> {
    const { messages, messagesScreen, interrupts } = this.context;
    const { clean, paint, symbols } = messagesScreen;
    await messages.write(`${paint.yellow(`${symbols.warning} ${clean(target)} waits`)}: ${clean(text)}\n`);
    const terminal = createInterface({ input: process.stdin, output: process.stderr });
    const ended = AbortSignal.any([signal, interrupts.signal]);
    // In a question the terminal gives Ctrl-C to us: it means here what it means everywhere.
    terminal.on('SIGINT', () => process.kill(process.pid, 'SIGINT'));
    const closed = new Promise<undefined>((resolve) => void terminal.once('close', () => resolve(undefined)));
    try {
      for (;;) {
        const said = await Promise.race([closed, terminal.question(`${choices(answers)}? `, { signal: ended })]);
        // The end of the input is no answer: what nobody can be asked is left as it is.
        if (said === undefined) return answers.find((answer) => answer === 'abort');
        const chosen = answers.filter((answer) => said.trim() !== '' && WORDS[answer].startsWith(said.trim().toLowerCase()));
        if (chosen.length === 1) return chosen[0];
      }
    } finally {
      terminal.close();
    }
  }
}

/** `[c]ontinue / [r]oll back / [a]bort`. */
const choices = (answers: readonly Answer[]) => answers.map((answer) => `[${WORDS[answer].slice(0, 1)}]${WORDS[answer].slice(1)}`).join(' / ');
