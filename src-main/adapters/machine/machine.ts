import { constants } from 'node:fs';
import { access, readFile, statfs } from 'node:fs/promises';
import { totalmem } from 'node:os';
import { delimiter, dirname, join, resolve } from 'node:path';
import type { DiskSpace, Listener, Machine, Protocol } from '#ports/machine.ts';
import { canBind, listByLsof } from './ports-elsewhere.ts';
import { parseRoutes } from './proc-routes.ts';
import { findHolders, readBoundSockets, type BoundSocket } from './proc-sockets.ts';

export type MachineOptions = { readonly searchPath: string };

/** This machine. Linux is read from /proc; elsewhere `lsof` names who holds a port, and binding it decides. */
export function createMachine({ searchPath }: MachineOptions): Machine {
  const sockets = process.platform === 'linux' ? linuxSockets : otherSockets;
  return {
    get memory() {
      return { available: process.availableMemory(), total: totalmem() };
    },
    hasManyLoopbacks: process.platform !== 'darwin',
    listeners: sockets.listeners,
    portOwner: (port, address, protocol = 'tcp') => sockets.portOwner(port, address || '0.0.0.0', protocol),
    routes: async () => (process.platform === 'linux' ? parseRoutes((await readText('/proc/net/route')) ?? '') : []),
    diskSpace,
    findProgram: (name) => findProgram(name, searchPath),
    readText,
  };
}

type Sockets = { listeners(): Promise<readonly Listener[]>; portOwner(port: number, address: string, protocol: Protocol): Promise<Listener | undefined> };

const linuxSockets: Sockets = {
  listeners: () => Promise.resolve(withHolders(readBoundSockets())),
  async portOwner(port, address, protocol) {
    const rivals = readBoundSockets().filter((socket) => socket.protocol === protocol && socket.port === port && overlaps(socket.address, address));
    const rival = rivals.find((socket) => isSure(socket.address, address)) ?? rivals[0];
    if (!rival) return undefined;
    // A socket on `::` may or may not take IPv4 as well, and the kernel does not tell which: ask it for the port itself.
    if (!isSure(rival.address, address) && (await canBind(port, address, protocol))) return undefined;
    return withHolders([rival])[0];
  },
};

const otherSockets: Sockets = {
  listeners: listByLsof,
  async portOwner(port, address, protocol) {
    if (await canBind(port, address, protocol)) return undefined;
    const known = await listByLsof();
    return known.find((listener) => listener.port === port && listener.protocol === protocol) ?? { protocol, port, address };
  },
};

function withHolders(sockets: readonly BoundSocket[]): Listener[] {
  const holders = findHolders(new Set(sockets.map((socket) => socket.inode)));
  return sockets.map(({ protocol, port, address, inode }) => ({ protocol, port, address, ...holders.get(inode) }));
}

function overlaps(bound: string, wanted: string): boolean {
  if (bound === wanted || bound === '::' || wanted === '::') return true;
  return isIPv6(bound) === isIPv6(wanted) && (bound === '0.0.0.0' || wanted === '0.0.0.0');
}

function isSure(bound: string, wanted: string): boolean {
  return isIPv6(bound) === isIPv6(wanted);
}

function isIPv6(address: string): boolean {
  return address.includes(':');
}

/** Looks at the nearest folder that exists: the state folder may not be made yet. */
async function diskSpace(path: string): Promise<DiskSpace | undefined> {
  for (let folder = resolve(path); ; folder = dirname(folder)) {
    try {
      const { bavail, blocks, bsize } = await statfs(folder);
      return { free: bavail * bsize, total: blocks * bsize };
    } catch (error) {
      if (!isMissing(error) || folder === dirname(folder)) return undefined;
    }
  }
}

async function findProgram(name: string, searchPath: string): Promise<string | undefined> {
  for (const folder of searchPath.split(delimiter).filter(Boolean)) {
    const file = join(folder, process.platform === 'win32' ? `${name}.exe` : name);
    const found = await access(file, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (found) return file;
  }
  return undefined;
}

async function readText(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR');
}
