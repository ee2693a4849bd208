import { BacklotError } from '#contract/errors.ts';
import type { RunResult } from '#ports/process-runner.ts';

const LINES = 8;

/** Why a Compose command failed: its last lines, without the progress of what went well. */
export function composeFailure(command: string, { exitCode, stdout, stderr }: RunResult): BacklotError {
  const lines = lastLines(stderr) || lastLines(stdout);
  const reason = lines.split('\n').findLast((line) => /error|fail|denied|not found|no such|unable|invalid|cannot/i.test(line)) ?? lines.split('\n').at(-1) ?? '';
  if (/no space left on device/i.test(lines)) {
    return new BacklotError('disk-full', `The engine's disk is full: docker compose ${command} failed`, { cause: lines, fix: 'Free some space (docker system df shows what takes it) and run it again.' });
  }
  if (/error during connect|cannot connect to the docker daemon/i.test(lines)) {
    const fix = 'See whether the engine still runs (`docker info`), then run the command again: it continues from what is there.';
    return new BacklotError('engine-lost', `The connection to the engine broke: docker compose ${command} failed`, { cause: lines, fix });
  }
  const pattern = /invalid exclude ?patterns?: \[(.*)\]: (.*)/i.exec(lines);
  if (command === 'build' && pattern) {
    return new BacklotError('build-failed', `A pattern of a .dockerignore cannot be read: ${pattern[2]}`, { cause: lines, fix: `Correct the .dockerignore in the folder that is built. Its patterns are: ${pattern[1]}` });
  }
  const said = reason.trim().replace(/^Error response from daemon: /, '');
  const code = command === 'build' ? 'build-failed' : 'compose-failed';
  return new BacklotError(code, `docker compose ${command} failed (exit code ${exitCode})${said ? `: ${said}` : ''}`, lines.trim() === reason.trim() ? {} : { cause: lines });
}

function lastLines(text: string): string {
  return text
    .split('\n')
    .filter((line) => line.trim() !== '' && !/^ *(Network|Container|Volume|Image) .* (Creating|Created|Starting|Started|Running|Recreate|Recreated) *$/.test(line))
    .slice(-LINES)
    .join('\n');
}
