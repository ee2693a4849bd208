import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { chromiumPath } from './chromium.ts';

/** Bundles the double of Electron before the first test needs it. */
export default function setUp(): void {
  process.env['BACKLOT_CHROMIUM'] = chromiumPath();
  // Whatever asks for Electron's path gets one without a download.
  process.env['ELECTRON_OVERRIDE_DIST_PATH'] ??= join(import.meta.dirname, '../fake-electron');
  if (process.env['BACKLOT_ELECTRON'] === undefined) execFileSync(process.execPath, [join(import.meta.dirname, '../fake-electron/build.mjs')], { stdio: 'inherit' });
}
