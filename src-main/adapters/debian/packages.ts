import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PluginName } from '#ports/host-system.ts';
import { readMirrors, type Mirrors } from './apt-sources.ts';
import type { Commands } from './commands.ts';

const APT = { DEBIAN_FRONTEND: 'noninteractive', NEEDRESTART_MODE: 'a' };
/** Another apt at work is waited for. */
const WAIT_FOR_LOCK = ['-o', 'DPkg::Lock::Timeout=300', '-o', 'Acquire::Retries=3'];
const KEYRING = '/usr/share/keyrings/debian-archive-keyring.gpg';

/** Installs Debian packages, without what they merely recommend. */
export async function installPackages(names: readonly string[], commands: Commands, signal: AbortSignal): Promise<void> {
  const fix = `Run it by hand: apt-get install -y --no-install-recommends ${names.join(' ')}. The whole output is in ${commands.log}.`;
  await commands.must('apt-get', [...WAIT_FOR_LOCK, 'update'], { environment: APT, fix: `Run apt-get update by hand. The whole output is in ${commands.log}.` }, signal);
  await commands.must('apt-get', [...WAIT_FOR_LOCK, 'install', '-y', '--no-install-recommends', ...names], { environment: APT, fix }, signal);
}

/** The mirrors that this machine's own sources name. */
export async function findMirrors(): Promise<Mirrors> {
  const folder = '/etc/apt/sources.list.d';
  const names = (await readdir(folder).catch(() => [])).filter((name) => /\.(sources|list)$/.test(name)).sort();
  const files = await Promise.all([...names.map((name) => join(folder, name)), '/etc/apt/sources.list'].map((file) => readFile(file, 'utf8').catch(() => '')));
  return readMirrors(files);
}

/**
 * Takes the plugins out of Debian 13's packages, which run unchanged on Debian 12, and leaves this machine's own package
 * lists alone: apt works in a folder that is removed afterwards.
 */
export async function installPlugins(names: readonly PluginName[], folder: string, commands: Commands, signal: AbortSignal): Promise<void> {
  const work = await mkdtemp(join(tmpdir(), 'backlot-plugins-'));
  try {
    const apt = await makePrivateApt(work);
    await commands.must('apt-get', [...apt, 'update'], { environment: APT }, signal);
    await commands.must('apt-get', [...apt, 'download', ...names], { environment: APT, directory: work }, signal);
    for (const file of (await readdir(work)).filter((name) => name.endsWith('.deb'))) {
      await commands.must('dpkg', ['-x', file, 'unpacked'], { directory: work }, signal);
    }
    await mkdir(folder, { recursive: true });
    const unpacked = join(work, 'unpacked/usr/libexec/docker/cli-plugins');
    for (const name of names) await cp(join(unpacked, name), join(folder, name), { force: true });
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

async function makePrivateApt(work: string): Promise<string[]> {
  const { main } = await findMirrors();
  const sources = join(work, 'sources.list');
  await Promise.all(['lists/partial', 'cache/archives/partial'].map((folder) => mkdir(join(work, folder), { recursive: true })));
  await writeFile(sources, `deb [signed-by=${KEYRING}] ${main} trixie main\n`);
  const settings = {
    'Dir::Etc::sourcelist': sources,
    'Dir::Etc::sourceparts': '/dev/null',
    'Dir::State::lists': join(work, 'lists'),
    'Dir::Cache': join(work, 'cache'),
    'APT::Sandbox::User': 'root',
    'Acquire::Languages': 'none',
    'Acquire::Retries': '3',
  };
  return Object.entries(settings).flatMap(([name, value]) => ['-o', `${name}=${value}`]);
}
