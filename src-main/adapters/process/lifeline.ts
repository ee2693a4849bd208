import { spawn, type ChildProcess } from 'node:child_process';

/** Is told a group, then waits for the end of its input, which comes when we die; then ends the group: SIGTERM, then SIGKILL. */
const WATCH = 'read group && { read _; kill -s TERM -- "-$group"; sleep 5; kill -s KILL -- "-$group"; }';

export type Lifeline = { readonly hold: (child: ChildProcess) => void; /** Calls it off. */ readonly letGo: () => void };

/**
 * Sees to it that a child and everything in its group ends when this process dies, however that happens: a group of its own gets no
 * signal of ours, and would work on behind the back of whoever comes next. It is opened before the child is started, so that a child is
 * without it for no longer than it takes to tell its number. Windows has no groups, and so none of this.
 */
export function openLifeline(): Lifeline {
  if (process.platform === 'win32') return { hold: () => {}, letGo: () => {} };
  const watcher = spawn('/bin/sh', ['-c', WATCH, 'backlot-lifeline'], { stdio: ['pipe', 'ignore', 'ignore'], detached: true });
  // Without a watcher the child works all the same.
  watcher.on('error', () => {});
  watcher.stdin.on('error', () => {});
  watcher.unref();
  return {
    hold: ({ pid }) => void (pid !== undefined && watcher.stdin.write(`${pid}\n`)),
    letGo: () => void watcher.kill('SIGKILL'),
  };
}
