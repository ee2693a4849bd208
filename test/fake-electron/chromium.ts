import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { Cdp } from './cdp.ts';

export type Chromium = { readonly cdp: Cdp; readonly process: ChildProcess; kill(): void };

/** Starts Chromium without a window. It is ours over a pipe and the test runner's over a port, which it announces on standard error as Electron does. */
export function startChromium(debuggingPort: string): Chromium {
  const profile = mkdtempSync(join(tmpdir(), 'fake-electron-'));
  const child = spawn(
    process.env['BACKLOT_CHROMIUM'] ?? 'chromium',
    [
      '--headless=new',
      '--no-startup-window',
      '--remote-debugging-pipe',
      `--remote-debugging-port=${debuggingPort}`,
      '--remote-allow-origins=*',
      `--user-data-dir=${profile}`,
      '--disable-gpu',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--no-first-run',
      '--disable-back-forward-cache',
      '--disable-features=PaintHolding,HttpsUpgrades,HttpsFirstBalancedModeAutoEnable',
      ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
    ],
    { stdio: ['ignore', 'ignore', 'inherit', 'pipe', 'pipe'] },
  );
  child.on('error', (error) => {
    console.error(`Chromium could not be started: ${error.message}`);
    process.exit(1);
  });
  const kill = () => {
    child.kill('SIGKILL');
    // Its helpers write into the profile until they have ended; a removal in their way is tried again.
    try {
      rmSync(profile, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
    } catch {
      spawnSync('rm', ['-rf', profile]);
    }
  };
  process.on('exit', kill);
  return { cdp: new Cdp(child.stdio[3] as Writable, child.stdio[4] as Readable), process: child, kill };
}
