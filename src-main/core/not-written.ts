import { BacklotError } from '#contract/errors.ts';

/** Why a file or folder of the user's own, not of Backlot's, was not written. */
export function notWritten(file: string, cause: unknown): BacklotError {
  const code = cause instanceof Error ? (cause as NodeJS.ErrnoException).code : undefined;
  return code === 'ENOSPC' || code === 'EDQUOT'
    ? new BacklotError('disk-full', `The disk is full: ${file} was not written`, { cause, fix: 'Free some space and run it again.' })
    : new BacklotError('command-failed', `${file} cannot be written`, { cause, fix: 'Check that you may write to its folder.' });
}
