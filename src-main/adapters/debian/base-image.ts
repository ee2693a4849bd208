import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Commands } from './commands.ts';
import { findMirrors } from './packages.ts';

const SUITE = 'bookworm';
const KEYRING = '/usr/share/keyrings/debian-archive-keyring.gpg';
const OWN_AUTHORITIES = '/usr/local/share/ca-certificates';
const ALL_AUTHORITIES = '/etc/ssl/certs/ca-certificates.crt';
/** What a container never reads. */
const LEFT_OUT = ['var/cache/apt/archives/*.deb', 'var/cache/apt/*.bin', 'var/lib/apt/lists/*', 'usr/share/doc/*', 'usr/share/man/*', 'usr/share/locale/*', 'usr/share/info/*', 'var/log/*', 'dev/*'];

/** Makes the smallest Debian out of its packages and gives it to the engine as one layer. */
export async function buildBaseImage(name: string, overlay: string, { cache, commands }: { cache: string; commands: Commands }, signal: AbortSignal): Promise<void> {
  await mkdir(cache, { recursive: true });
  const work = await mkdtemp(join(cache, 'base-'));
  const root = join(work, 'root');
  const archive = join(work, 'base.tar');
  try {
    const mirrors = await findMirrors();
    await commands.must('debootstrap', ['--variant=minbase', `--keyring=${KEYRING}`, SUITE, root, mirrors.main], {}, signal);
    await cp(overlay, root, { recursive: true });
    await writeFile(join(root, 'etc/apt/sources.list'), sources(mirrors));
    await copyAuthorities(root);
    await commands.must('tar', ['-C', root, ...LEFT_OUT.map((path) => `--exclude=./${path}`), '-cf', archive, '.'], {}, signal);
    await commands.must('docker', ['import', '--change', 'CMD ["bash"]', '--change', 'LABEL dev.backlot.image=local', archive, name], {}, signal);
  } finally {
    await removeRoots(work, commands);
  }
}

/** Removes a folder in which a base image was made. An interrupted debootstrap leaves the kernel's folders mounted below it. */
export async function removeRoots(folder: string, commands: Commands): Promise<void> {
  const mounts = await readFile('/proc/self/mounts', 'utf8').catch(() => '');
  const below = [...mounts.matchAll(/^\S+ (\S+) /gm)].map(([, place = '']) => place).filter((place) => place.startsWith(`${folder}/`));
  for (const place of below.reverse()) await commands.ask('umount', [place], new AbortController().signal);
  await rm(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
}

function sources({ main, security }: { main: string; security: string }): string {
  return `deb ${main} ${SUITE} main\ndeb ${main} ${SUITE}-updates main\ndeb ${security} ${SUITE}-security main\n`;
}

/** Where this machine trusts authorities of its own, builds meet the same proxies and have to trust them too. */
async function copyAuthorities(root: string): Promise<void> {
  const own = (await readdir(OWN_AUTHORITIES).catch(() => [])).filter((name) => name.endsWith('.crt'));
  if (own.length === 0) return;
  await cp(OWN_AUTHORITIES, join(root, OWN_AUTHORITIES), { recursive: true, dereference: true });
  await mkdir(join(root, 'etc/ssl/certs'), { recursive: true });
  await cp(ALL_AUTHORITIES, join(root, ALL_AUTHORITIES), { dereference: true });
}
