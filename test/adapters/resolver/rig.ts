import { randomBytes } from 'node:crypto';
import { chmod, lstat, mkdir, mkdtemp, readdir, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { Resolver } from 'node:dns/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import { createCompose } from '#adapters/compose/compose.ts';
import { createDockerEngine } from '#adapters/docker/docker-engine.ts';
import { createProjectFiles } from '#adapters/files/project-files.ts';
import { createMachine } from '#adapters/machine/machine.ts';
import { createProcessRunner } from '#adapters/process/process-runner.ts';
import { createHostNameRecords } from '#adapters/resolver/host-name-records.ts';
import { createHostResolver } from '#adapters/resolver/host-resolver.ts';
import { createSystemResolving } from '#adapters/resolver/system-resolving.ts';
import { findPaths } from '#adapters/state/paths.ts';
import { createStateStore } from '#adapters/state/state-store.ts';
import type { HostNames } from '#contract/names.ts';
import type { Work } from '#core/work.ts';
import { createHostNames } from '#features/names/host-names.ts';
import { createLoadProject } from '#features/project/load-project.ts';
import type { SystemResolving } from '#ports/host-resolver.ts';
import { docker } from '../../support/backlot.ts';
import { freePort } from '../../support/free-port.ts';

export type Machine = {
  readonly root: string;
  readonly home: string;
  readonly port: number;
  /** The programs that ran, with their words, in order. */
  readonly commands: () => Promise<string[]>;
  /** Every file and folder with its bytes, mode and owner. */
  readonly tree: () => Promise<Record<string, string>>;
  readonly put: (file: string, content: string | Uint8Array, mode?: number) => Promise<void>;
  readonly text: (file: string) => Promise<string>;
  readonly project: (suffixes: readonly string[]) => Promise<void>;
  readonly host: () => Promise<HostNames>;
  readonly install: () => Promise<HostNames>;
  readonly uninstall: () => Promise<{ readonly host: HostNames; readonly told: readonly string[] }>;
  readonly system: SystemResolving;
  readonly records: ReturnType<typeof createHostNameRecords>;
};

export type Kind = {
  readonly platform: string;
  /** What is in its files at first. */
  readonly files?: Readonly<Record<string, string | Uint8Array>>;
  /** What programs of the system print. */
  readonly programs?: Readonly<Record<string, string>>;
  /** Fails in the place of a real change, to see what an interruption leaves. */
  readonly breaks?: (system: SystemResolving) => SystemResolving;
};

export const RESOLVED: Kind = {
  platform: 'linux',
  files: { '/etc/hosts': '127.0.0.1 localhost\n', '/etc/resolv.conf': 'nameserver 127.0.0.53\n', '/etc/systemd/resolved.conf': '[Resolve]\n#DNS=\n' },
  programs: { resolvectl: 'systemd 252 (252.30-1~deb12u2)\nGlobal:\nLink 2 (eth0): 10.0.0.1', systemctl: '' },
};
export const HOSTS: Kind = { platform: 'linux', files: { '/etc/hosts': '127.0.0.1 localhost\n' } };
export const MAC: Kind = { platform: 'darwin', files: { '/etc/hosts': '##\n127.0.0.1 localhost\n' }, programs: { dscacheutil: '', killall: '' } };
export const WINDOWS: Kind = { platform: 'win32', programs: { 'powershell.exe': '' } };

/** A folder that looks like a machine of that kind, with the real resolver on a port of its own and a project with suffixes. */
export async function machineOf(kind: Kind): Promise<Machine> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), `bt-host-${randomBytes(3).toString('hex')}-`)));
  const [root, home, bin, directory] = ['root', 'home', 'bin', 'project'].map((name) => join(folder, name)) as [string, string, string, string];
  for (const made of [root, bin, directory, join(root, 'etc')]) await mkdir(made, { recursive: true });
  const log = join(folder, 'commands');
  await writeFile(log, '');
  for (const [name, output] of Object.entries(kind.programs ?? {})) await program(join(bin, name), log, output);
  const port = kind.platform === 'win32' ? 53 : await freePort();
  const environment = { ...process.env, PATH: `${bin}:${process.env['PATH'] ?? ''}`, BACKLOT_HOME: home };
  const ports = portsOf({ kind, root, home, port, environment });
  const put = async (file: string, content: string | Uint8Array, mode = 0o644) => {
    await mkdir(dirname(join(root, file)), { recursive: true });
    await writeFile(join(root, file), content);
    await chmod(join(root, file), mode);
  };
  for (const [file, content] of Object.entries(kind.files ?? {})) await put(file, content);
  onTestFinished(async () => {
    ports.engine.close();
    await docker('rm', '-fv', `backlot-names-${port}`).catch(() => '');
    await rm(folder, { recursive: true, force: true });
  });
  const hostNames = createHostNames(ports);
  const project = (suffixes: readonly string[]) => writeFile(join(directory, 'backlot.yaml'), `version: 1\nname: ${folder.slice(-10).toLowerCase()}\ncompose: [compose.yaml]\nnames: { suffixes: [${suffixes.join(', ')}] }\n`);
  await writeFile(join(directory, 'compose.yaml'), 'services: { db: { image: debian:bookworm-slim } }\n');
  await project(['us.shop.example', 'eu.shop.example']);
  return {
    root,
    home,
    port,
    put,
    project,
    system: ports.hostNames.system,
    records: ports.hostNames.records,
    commands: async () => (await readFile(log, 'utf8')).split('\n').filter(Boolean),
    tree: () => treeOf(root),
    text: (file) => readFile(join(root, file), 'utf8'),
    host: () => Promise.resolve(hostNames.host({ directory }, never())),
    install: () => Promise.resolve(hostNames.install({ directory }, work([]))),
    async uninstall() {
      const told: string[] = [];
      return { host: await hostNames.uninstall({}, work(told)), told };
    },
  };
}

/** What the resolver at a port answers: addresses, or the code of its refusal. */
export async function ask(port: number, name: string, type = 'A'): Promise<string[] | string> {
  const resolver = new Resolver({ timeout: 2000, tries: 2 });
  resolver.setServers([`127.0.0.1:${port}`]);
  try {
    return (await resolver.resolve(name, type)) as string[];
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? String(error);
  }
}

type Places = { readonly kind: Kind; readonly root: string; readonly home: string; readonly port: number; readonly environment: Readonly<Record<string, string | undefined>> };

function portsOf({ kind, root, home, port, environment }: Places) {
  const paths = findPaths({ BACKLOT_HOME: home });
  const engine = createDockerEngine({ choice: {}, environment, home });
  const runner = createProcessRunner(environment);
  const machine = createMachine({ searchPath: environment['PATH'] ?? '' });
  const compose = createCompose({ runner, commandLine: () => engine.commandLine(), environment });
  const folder = join(paths.state, 'names');
  const system = createSystemResolving({ runner, folder, root, platform: kind.platform });
  return {
    engine,
    store: createStateStore({ paths, shell: 'test' }),
    loadProject: createLoadProject({ compose, files: createProjectFiles(), environment }),
    hostNames: {
      resolver: createHostResolver({ engine, machine, key: 'test', port: String(port) }),
      system: kind.breaks?.(system) ?? system,
      records: createHostNameRecords(folder),
    },
  };
}

/** A program of the system: writes down how it was called, and prints. */
async function program(file: string, log: string, output: string): Promise<void> {
  const name = file.slice(file.lastIndexOf('/') + 1);
  const script = name === 'powershell.exe' ? POLICY.replaceAll('LOG', log) : `#!/bin/sh\n[ "$1" = --version ] || [ "$1" = dns ] || echo "${name} $*" >> ${log}\nprintf '%s\\n' '${output}'\n`;
  await writeFile(file, script, { mode: 0o755 });
}

/** Keeps rules in a file, as the policy of Windows does. */
const POLICY = `#!/bin/sh
for script in "$@"; do :; done
echo "powershell $script" >> LOG
case "$script" in
  *Remove-*) : > LOG.rules; printf '%s\\n' "$script" | tr ';' '\\n' | sed -n "s/.*-Namespace '\\([^']*\\)'.*/\\1/p" > LOG.rules ;;
  *) cat LOG.rules 2>/dev/null || true ;;
esac
`;

async function treeOf(root: string, below = ''): Promise<Record<string, string>> {
  const tree: Record<string, string> = {};
  for (const name of (await readdir(join(root, below))).sort()) {
    const file = `${below}/${name}`;
    const { mode, uid, gid } = await lstat(join(root, file));
    const entry = await lstat(join(root, file));
    const owner = `${(mode & 0o7777).toString(8)} ${uid}:${gid}`;
    if (entry.isDirectory()) Object.assign(tree, { [file]: owner }, await treeOf(root, file));
    else tree[file] = `${owner} ${(await readFile(join(root, file))).toString('base64')}`;
  }
  return tree;
}

function work(told: string[]): Work {
  return { id: 'test', signal: never(), tell: (news) => void (news.type === 'message' && told.push(news.text)) };
}

function never(): AbortSignal {
  return new AbortController().signal;
}
