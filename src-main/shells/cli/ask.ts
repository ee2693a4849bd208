import { createInterface } from 'node:readline/promises';
import { isatty } from 'node:tty';
import type { Context } from './context.ts';

/** Whether a person sits there who can be asked. */
export function canAsk({ globals, messagesScreen }: Context): boolean {
  return !globals.json && !globals.noInput && messagesScreen.terminal && isatty(0);
}

/** Whether a person agrees. Where nobody can be asked, or `--yes` was given, the answer is yes. Without any word it is what is usual. */
export async function agrees(question: string, context: Context, usually: 'yes' | 'no' = 'no'): Promise<boolean> {
  const { globals, interrupts } = context;
  if (globals.yes || !canAsk(context)) return true;
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const answer = await terminal.question(`${question} ${usually === 'yes' ? '[Y/n]' : '[y/N]'} `, { signal: interrupts.signal });
    return answer.trim() === '' ? usually === 'yes' : /^y(es)?$/i.test(answer.trim());
  } finally {
    terminal.close();
  }
}
