import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Where one container's figures stand in the file system. */
export type CgroupFiles = { readonly version: 1 | 2; readonly cpu: string; readonly memory: string; readonly blocks: string; readonly pid: number };

export type CgroupReading = { readonly cpuTotal: number; readonly memory: number; readonly memoryLimit?: number; readonly blockRead: number; readonly blockWritten: number; readonly pid: number };

/** Finds a container's control groups from a process in it; `undefined` where they cannot be read from here, or are not this container's. */
export function findCgroup(id: string, pid: number): CgroupFiles | undefined {
  if (pid <= 0) return undefined;
  try {
    const groups = readText(`/proc/${pid}/cgroup`);
    // The process of that number may be a stranger, where the engine counts processes apart from us.
    if (!groups.includes(id)) return undefined;
    const files = locate(readText('/proc/self/mountinfo'), groups, pid);
    if (files) readCgroup(files);
    return files;
  } catch {
    return undefined;
  }
}

/** Pure part: from the mounts and a process's groups to the folders of its figures. */
export function locate(mountinfo: string, groups: string, pid: number): CgroupFiles | undefined {
  const paths = new Map<string, string>();
  for (const row of groups.trim().split('\n')) {
    const [, controllers = '', path = ''] = /^\d+:([^:]*):(.*)$/.exec(row) ?? [];
    for (const controller of controllers.split(',')) paths.set(controller, path);
  }
  const mounts = readMounts(mountinfo);
  const at = (controller: string): string | undefined => {
    const mount = mounts.get(controller);
    const path = paths.get(controller);
    if (!mount || path === undefined) return undefined;
    return join(mount.point, mount.root !== '/' && path.startsWith(mount.root) ? path.slice(mount.root.length) : path);
  };
  const [cpu, memory, blocks] = [at('cpuacct'), at('memory'), at('blkio')];
  if (cpu && memory && blocks) return { version: 1, cpu, memory, blocks, pid };
  const unified = at('');
  return unified ? { version: 2, cpu: unified, memory: unified, blocks: unified, pid } : undefined;
}

/** Mount points by controller; the unified hierarchy is under ''. */
function readMounts(mountinfo: string): Map<string, { readonly root: string; readonly point: string }> {
  const mounts = new Map<string, { readonly root: string; readonly point: string }>();
  for (const row of mountinfo.trim().split('\n')) {
    const [mount = '', system = ''] = row.split(' - ');
    const [, , , root = '/', point = ''] = mount.split(' ');
    const [kind, , options = ''] = system.split(' ');
    if (kind === 'cgroup2') mounts.set('', { root, point });
    if (kind === 'cgroup') for (const option of options.split(',')) mounts.set(option, { root, point });
  }
  return mounts;
}

/** The figures now. Throws where the container has ended. Reads synchronously: these files are memory, and a read takes microseconds. */
export function readCgroup(files: CgroupFiles): CgroupReading {
  const [firstPid] = readText(join(files.memory, 'cgroup.procs')).split('\n', 1);
  const pid = Number(firstPid) || files.pid;
  const statistics = readText(join(files.memory, 'memory.stat'));
  if (files.version === 1) {
    const usage = Number(readText(join(files.memory, 'memory.usage_in_bytes')));
    const limit = Number(readText(join(files.memory, 'memory.limit_in_bytes')));
    return {
      cpuTotal: Number(readText(join(files.cpu, 'cpuacct.usage'))),
      memory: withoutCache(usage, field(statistics, 'total_inactive_file')),
      // Without a limit the kernel shows the largest number of pages there is.
      ...(limit < 2 ** 60 && { memoryLimit: limit }),
      ...sumBlocks(readText(join(files.blocks, 'blkio.throttle.io_service_bytes'))),
      pid,
    };
  }
  const limit = readText(join(files.memory, 'memory.max')).trim();
  return {
    cpuTotal: field(readText(join(files.cpu, 'cpu.stat')), 'usage_usec') * 1000,
    memory: withoutCache(Number(readText(join(files.memory, 'memory.current'))), field(statistics, 'inactive_file')),
    ...(limit !== 'max' && { memoryLimit: Number(limit) }),
    ...sumBlocks(readText(join(files.blocks, 'io.stat'))),
    pid,
  };
}

/** Bytes over all interfaces of a process's network, the loopback left out. */
export function readNetwork(pid: number): { readonly networkReceived: number; readonly networkSent: number } {
  const total = { networkReceived: 0, networkSent: 0 };
  for (const row of readText(`/proc/${pid}/net/dev`).split('\n')) {
    const colon = row.indexOf(':');
    if (colon === -1 || row.slice(0, colon).trim() === 'lo') continue;
    const columns = row.slice(colon + 1).trim().split(/\s+/);
    total.networkReceived += Number(columns[0]);
    total.networkSent += Number(columns[8]);
  }
  return total;
}

/** Memory as `docker stats` counts it: pages of files that could be given back are left out. */
export const withoutCache = (usage: number, inactive: number) => (inactive < usage ? usage - inactive : usage);

/** Both notations: "8:0 Read 42" of version 1, "8:0 rbytes=42 wbytes=7 …" of version 2. */
export function sumBlocks(text: string): { readonly blockRead: number; readonly blockWritten: number } {
  const sum = (pattern: RegExp) => [...text.matchAll(pattern)].reduce((total, [, bytes]) => total + Number(bytes), 0);
  return { blockRead: sum(/(?: Read |rbytes=)(\d+)/g), blockWritten: sum(/(?: Write |wbytes=)(\d+)/g) };
}

function field(text: string, name: string): number {
  const row = `${name} `;
  const at = text.startsWith(row) ? 0 : text.indexOf(`\n${row}`) + 1;
  if (at === 0 && !text.startsWith(row)) return 0;
  const end = text.indexOf('\n', at);
  return Number(text.slice(at + row.length, end === -1 ? undefined : end));
}

const readText = (path: string) => readFileSync(path, 'latin1');
