import type { ChildProcess } from 'node:child_process';

/** Milliseconds between SIGTERM and SIGKILL. */
const GRACE = 5_000;
/** Ends a child and everything in its group: SIGTERM, then SIGKILL. The answer calls off what has not happened yet. */
export function terminateGroup(child: ChildProcess): () => void {
  signalGroup(child, 'SIGTERM');
  const timer = setTimeout(() => signalGroup(child, 'SIGKILL'), GRACE);
  return () => clearTimeout(timer);
}

function signalGroup(child: ChildProcess, signal: 'SIGTERM' | 'SIGKILL'): void {
  if (child.pid === undefined) return;
  try {
    if (process.platform === 'win32') child.kill(signal);
    else process.kill(-child.pid, signal);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // The group is empty, or all that is left of it has another user: nothing that could be ended here.
    if (code !== 'ESRCH' && code !== 'EPERM') throw error;
  }
}
