import { join } from 'node:path';
import { acquireLock } from '#adapters/state/lock.ts';
import { ownIdentity } from '#adapters/state/process-identity.ts';
import type { HostSystem } from '#ports/host-system.ts';
import type { ProcessRunner } from '#ports/process-runner.ts';
import { buildBaseImage, removeRoots } from './base-image.ts';
import { createCommands } from './commands.ts';
import { buildImage, listImages, pullImage } from './images.ts';
import { observeHost, type Surroundings } from './observe-host.ts';
import { installPackages, installPlugins } from './packages.ts';
import { startEngine } from './start-engine.ts';

export type HostSystemOptions = Surroundings & {
  readonly processes: ProcessRunner;
  readonly home: string;
  /** The user's own folders for what must stay and what may go. */
  readonly folders: { readonly state: string; readonly cache: string };
  /** The recipes' folder: resources/images. */
  readonly images: string;
};

/** A machine whose packages come from Debian or Ubuntu; observing it works on every other as well. */
export function createHostSystem(options: HostSystemOptions): HostSystem {
  const { environment, processes, folders, images, home } = options;
  const commands = createCommands(processes, networkSettings(environment), join(folders.state, 'setup.log'));
  const cache = join(folders.cache, 'images');
  const plugins = join(environment['DOCKER_CONFIG'] ?? join(home, '.docker'), 'cli-plugins');
  const systemd = async (signal: AbortSignal) => (await observeHost(options, commands, signal)).systemd;
  return {
    log: commands.log,
    observe: (signal) => observeHost(options, commands, signal),
    listImages: (signal) => listImages(commands, signal),
    installPackages: (names, signal) => installPackages(names, commands, signal),
    installPlugins: (names, signal) => installPlugins(names, plugins, commands, signal),
    startEngine: async (signal) => startEngine(await systemd(signal), commands, signal),
    pullImage: (name, signal) => pullImage(name, commands, signal),
    buildBase: (recipe, signal) => buildBaseImage(recipe.name, join(images, recipe.folder, 'overlay'), { cache, commands }, signal),
    buildImage: (recipe, signal) => buildImage(recipe, { images, cache, commands }, signal),
    async withLock(onWait, work, signal) {
      const owner = { process: await ownIdentity(), shell: 'setup', method: 'setup', since: new Date().toISOString() };
      const release = await acquireLock(lockFolder(options), owner, (holder) => onWait(holder.process.pid), signal);
      // Nobody else is at work, so what lies there was left by one that was killed.
      return removeRoots(cache, commands).then(work).finally(release);
    },
  };
}

/** Root changes the whole machine, whatever folders it was given; others change only what is theirs. */
function lockFolder({ userId, folders }: HostSystemOptions): string {
  return userId === 0 ? '/var/lib/backlot/setup.lock' : join(folders.state, 'setup.lock');
}

/** npm's and OpenSSL's own settings, which the processes of the set-up need beside the usual ones. */
function networkSettings(environment: Surroundings['environment']): Record<string, string> {
  const names = Object.keys(environment).filter((name) => /^npm_config_(registry|cafile|userconfig|globalconfig|proxy|https_proxy)$/i.test(name) || ['NODE_EXTRA_CA_CERTS', 'SSL_CERT_FILE', 'SSL_CERT_DIR'].includes(name));
  return Object.fromEntries(names.map((name) => [name, environment[name] ?? '']));
}
