import { homedir } from 'node:os';
import { createHostSystem } from '#adapters/debian/host-system.ts';
import { findImages } from '#adapters/files/find-images.ts';
import { createProcessRunner } from '#adapters/process/process-runner.ts';
import { findPaths } from '#adapters/state/paths.ts';
import { setUp, type SetupReport } from '#features/setup/set-up.ts';
import type { Purpose } from '#features/setup/plan-setup.ts';

export type { Purpose, SetupReport };

export type MachineSetup = {
  readonly purpose: Purpose;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Names of images that are wanted beside the usual ones. */
  readonly images?: readonly string[];
  /** Told what each step does, as it begins; never called where everything is there. */
  readonly tell: (line: string) => void;
};

/** Brings this machine to where a set can come up: engine, Compose, images, and for the tests a browser. */
export async function setUpMachine({ purpose, environment, images = [], tell }: MachineSetup, signal: AbortSignal): Promise<SetupReport> {
  const host = createHostSystem({
    environment,
    platform: process.platform,
    userId: process.getuid?.(),
    processes: createProcessRunner(environment),
    home: homedir(),
    folders: findPaths(environment),
    images: findImages(import.meta.dirname),
  });
  const mayInstall = !environment['BACKLOT_NO_INSTALL'] || environment['BACKLOT_NO_INSTALL'] === '0';
  return setUp({ purpose, mayInstall, images }, { host, tell }, signal);
}
