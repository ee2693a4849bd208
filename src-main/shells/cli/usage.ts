import type { EXIT, Failure } from '#contract/errors.ts';
import { nearest } from '#core/nearest.ts';

/** The exit code of a usage error, without loading the table of failures for it. */
export const USAGE_EXIT: typeof EXIT.usage = 2;

/** The command line itself is wrong. Nothing was done. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
  readonly fix: string;

  constructor(message: string, fix: string) {
    super(message);
    this.fix = fix;
  }

  get failure(): Failure {
    return { code: 'usage', message: this.message, fix: this.fix };
  }
}

/** A word of the command line as errors show it. */
export function quote(word: string): string {
  return JSON.stringify(word.slice(0, 100));
}

/** What to write in the place of a word that is none of the few that can be meant. So few are told whole: only what begins alike is taken for a slip, not `bash` for `tcsh`. */
export function choiceFix(word: string, choices: readonly string[]): string {
  const close = nearest(word, choices.filter(([first]) => first === word[0]?.toLowerCase()));
  return `${close === undefined ? '' : `Did you mean ${close}? `}Choose one of: ${choices.join(', ')}`;
}
