import { spawn, type ChildProcess } from 'node:child_process';

/** Waits for the end of its input, which comes when we die; then ends the group that it is told of: SIGTERM, then SIGKILL. */
const WATCH = 'read _; kill -s TERM -- "-$1"; sleep 5; kill -s KILL -- "-$1"';

/**
 * Sees to it that a child and everything in its group ends when this process dies, however that happens: a group of its own gets no
 * signal of ours, and would work on behind the back of whoever comes next. The answer calls it off. Windows has no groups, and so none of this.
 */
export function holdLifeline({ pid }: ChildProcess): () => void {
  if (pid === undefined || process.platform === 'win32') return () => {};
  const watcher = spawn('/bin/sh', ['-c', WATCH, 'backlot-lifeline', String(pid)], { stdio: ['pipe', 'ignore', 'ignore'], detached: true });
  // Without a watcher the child works all the same.
  watcher.on('error', () => {});
  watcher.stdin.on('error', () => {});
  watcher.unref();
  return () => void watcher.kill('SIGKILL');
}
