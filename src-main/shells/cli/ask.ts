import { createInterface } from 'node:readline/promises';
import { isatty } from 'node:tty';
import type { Context } from './context.ts';

/** Whether a person agrees. Where nobody can be asked, or `--yes` was given, the answer is yes. */
export async function agrees(question: string, { globals, messagesScreen, interrupts }: Context): Promise<boolean> {
  if (globals.yes || globals.json || globals.noInput || !messagesScreen.terminal || !isatty(0)) return true;
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const answer = await terminal.question(`${question} [y/N] `, { signal: interrupts.signal });
    return /^y(es)?$/i.test(answer.trim());
  } finally {
    terminal.close();
  }
}
