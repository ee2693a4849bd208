import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { readKeychain } from '#adapters/process/keychain.ts';
import { createProcessRunner } from '#adapters/process/process-runner.ts';

/** A folder of programs, with a stand-in for the desktop's that keeps one entry. */
async function programs(text: string): Promise<{ PATH: string; DBUS_SESSION_BUS_ADDRESS: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'backlot-keychain-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  if (text !== '') await writeFile(join(folder, 'secret-tool'), `#!/bin/sh\n${text}\n`);
  if (text !== '') await chmod(join(folder, 'secret-tool'), 0o755);
  return { PATH: `${folder}:/nonesuch`, DBUS_SESSION_BUS_ADDRESS: 'unix:path=/bus' };
}

const read = (environment: Record<string, string>, name = 'evidence', platform: NodeJS.Platform = 'linux') => readKeychain(name, { environment, processes: createProcessRunner(environment), platform });

test('an entry of the keychain is read whole by the system’s own program, in the user’s session', async () => {
  const environment = await programs('[ "$*" = "lookup service backlot account evidence" ] || exit 1; [ -n "$DBUS_SESSION_BUS_ADDRESS" ] || exit 9; printf "first\\nsecond"');
  expect(await read(environment)).toBe('first\nsecond');
  expect(await read(environment, 'nonesuch')).toBeUndefined();
});

test('a keychain that is closed, not installed or unknown to Backlot says so, with what to do instead', async () => {
  await expect(read(await programs('echo "secret-tool: Cannot autolaunch D-Bus without X11 $DISPLAY" >&2; exit 1'))).rejects.toMatchObject({ code: 'config-invalid', message: expect.stringContaining('Cannot autolaunch') as string });
  await expect(read(await programs(''))).rejects.toMatchObject({ code: 'config-invalid', message: expect.stringContaining('secret-tool is not installed') as string, fix: expect.stringContaining('libsecret-tools') as string });
  await expect(read({}, 'evidence', 'win32')).rejects.toMatchObject({ code: 'config-invalid' });
});
