import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { basename } from 'node:path';
import type { Protocol } from '#ports/machine.ts';

/** One line of /proc/net/tcp and its like: a socket that waits for callers, by inode. */
export type BoundSocket = { readonly protocol: Protocol; readonly port: number; readonly address: string; readonly inode: string };

const TABLES = [
  { file: '/proc/net/tcp', protocol: 'tcp' },
  { file: '/proc/net/tcp6', protocol: 'tcp' },
  { file: '/proc/net/udp', protocol: 'udp' },
  { file: '/proc/net/udp6', protocol: 'udp' },
] as const;

/** State of a listening TCP socket, and of a UDP socket that is not connected to one peer. */
const WAITING = { tcp: '0A', udp: '07' } as const;

/** Sockets that wait for callers, as the kernel lists them. Read at once: a few tens of microseconds. */
export function readBoundSockets(): BoundSocket[] {
  return TABLES.flatMap(({ file, protocol }) => parseSocketTable(readOrEmpty(file), protocol));
}

/** Pure part of `readBoundSockets`. */
export function parseSocketTable(table: string, protocol: Protocol): BoundSocket[] {
  return table
    .split('\n')
    .slice(1)
    .flatMap((line) => {
      const [, local, , state, , , , , , inode] = line.trim().split(/\s+/);
      const [address, port] = local?.split(':') ?? [];
      if (!address || !port || !inode || state !== WAITING[protocol]) return [];
      return [{ protocol, port: parseInt(port, 16), address: parseAddress(address), inode }];
    });
}

/** Which process holds each of these sockets; those of other users are left out. Stops looking when all are found. */
export function findHolders(inodes: ReadonlySet<string>): Map<string, { pid: number; program: string }> {
  const wanted = new Map([...inodes].map((inode) => [`socket:[${inode}]`, inode]));
  const holders = new Map<string, { pid: number; program: string }>();
  for (const pid of listOrEmpty('/proc')) {
    if (wanted.size === 0) break;
    if (!/^\d+$/.test(pid)) continue;
    for (const descriptor of listOrEmpty(`/proc/${pid}/fd`)) {
      const target = linkOrEmpty(`/proc/${pid}/fd/${descriptor}`);
      const inode = wanted.get(target);
      if (inode === undefined) continue;
      holders.set(inode, { pid: Number(pid), program: programOf(pid) });
      wanted.delete(target);
    }
  }
  return holders;
}

/** The kernel prints addresses as 32-bit words in the machine's own byte order, which is little-endian wherever we run. */
function parseAddress(hex: string): string {
  const bytes = (hex.match(/.{8}/g) ?? []).flatMap((word) => (word.match(/../g) ?? []).map((byte) => parseInt(byte, 16)).reverse());
  if (bytes.length === 4) return bytes.join('.');
  const mapped = bytes.slice(0, 10).every((byte) => byte === 0) && bytes[10] === 0xff && bytes[11] === 0xff;
  if (mapped) return bytes.slice(12).join('.');
  const groups = Array.from({ length: 8 }, (_, index) => (((bytes[index * 2] ?? 0) << 8) | (bytes[index * 2 + 1] ?? 0)).toString(16));
  return new URL(`http://[${groups.join(':')}]/`).hostname.slice(1, -1);
}

function programOf(pid: string): string {
  const [command = ''] = readOrEmpty(`/proc/${pid}/cmdline`).split('\0');
  const name = basename(command.split(' ')[0] ?? '').replace(/:$/, '');
  return name || readOrEmpty(`/proc/${pid}/comm`).trim();
}

/** Processes come and go while they are read: what is gone or not ours to see counts as empty. */
function readOrEmpty(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

function listOrEmpty(path: string): string[] {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
}

function linkOrEmpty(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return '';
  }
}
