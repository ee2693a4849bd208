import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { docker } from '../../support/backlot.ts';

export type SecondEngine = {
  readonly host: string;
  readonly docker: (...args: string[]) => Promise<string>;
  /** Lets a port of this machine lead to the same port of the engine's own, until the engine is stopped. */
  readonly reach: (port: number) => Promise<void>;
  readonly stop: () => Promise<void>;
};

/** In the engine's network namespace there is no way out but this: its own 127.0.0.1:PORT leads through a socket of the file system to the registry outside. */
const FORWARDER = `const net = require('node:net'); net.createServer((near) => { const far = net.connect(process.argv[1]); near.pipe(far).pipe(near); near.on('error', () => far.destroy()); far.on('error', () => near.destroy()); }).listen(Number(process.argv[2]), '127.0.0.1');`;

/** The way in: a socket of the file system that leads to a port of 127.0.0.1 there. */
const INWARD = `const net = require('node:net'); net.createServer((near) => { const far = net.connect(Number(process.argv[2]), '127.0.0.1'); near.pipe(far).pipe(near); near.on('error', () => far.destroy()); far.on('error', () => near.destroy()); }).listen(process.argv[1]);`;

/** Another engine on this machine, in a network of its own, as a Swarm of one node: the engine that everybody shares is left as it is. It reaches the registry at the same address as this machine. */
export async function startSwarm(registry: string): Promise<SecondEngine> {
  const engine = await startEngine(registry);
  await engine.docker('swarm', 'init', '--advertise-addr', '127.0.0.1').catch(async (error: unknown) => {
    await engine.stop();
    throw error;
  });
  return engine;
}

/** Two engines, each in a network of its own with a cable between, as one Swarm; the first is its manager. */
export async function startSwarmOfTwo(registry: string): Promise<SecondEngine> {
  const [manager, worker] = await Promise.all([startEngine(registry), startEngine(registry)]);
  const stop = async () => void (await Promise.all([manager.stop(), worker.stop()]));
  try {
    await run('ip', ['link', 'add', 'cable', 'netns', String(manager.pid), 'type', 'veth', 'peer', 'name', 'cable', 'netns', String(worker.pid)]);
    for (const [{ pid }, address] of [[manager, '10.213.77.1'], [worker, '10.213.77.2']] as const) {
      await run('nsenter', ['-t', String(pid), '-n', 'sh', '-c', `ip addr add ${address}/24 dev cable && ip link set cable up`]);
    }
    await manager.docker('swarm', 'init', '--advertise-addr', '10.213.77.1', '--listen-addr', '10.213.77.1');
    await worker.docker('swarm', 'join', '--token', await manager.docker('swarm', 'join-token', '-q', 'worker'), '--advertise-addr', '10.213.77.2', '--listen-addr', '10.213.77.2', '10.213.77.1:2377');
    return { ...manager, stop, docker: manager.docker };
  } catch (error) {
    await stop();
    throw error;
  }
}

const run = promisify(execFile);

async function startEngine(registry: string): Promise<SecondEngine & { readonly pid: number }> {
  const folder = await mkdtemp(join(tmpdir(), 'bt-engine-'));
  const host = `unix://${folder}/docker.sock`;
  const port = registry.split(':')[1] ?? '';
  const bridge = bridgeTo(() => net.connect(Number(port), '127.0.0.1'));
  const inward: (() => void)[] = [];
  await new Promise<void>((resolve) => bridge.listen(join(folder, 'registry.sock'), resolve));
  const script = `ip link set lo up; "${process.execPath}" -e "$FORWARDER" "${folder}/registry.sock" ${port} & exec dockerd --data-root ${folder}/data --exec-root ${folder}/exec --pidfile ${folder}/pid -H ${host} --storage-driver overlay2`;
  const daemon: ChildProcess = spawn('unshare', ['--net', '--uts', 'sh', '-c', script], { stdio: 'ignore', detached: true, env: { ...process.env, FORWARDER } });
  const command = (...args: string[]) => docker('-H', host, ...args);
  const reach = async (there: number) => {
    const socket = join(folder, `${there}.sock`);
    const forwarder = spawn('nsenter', ['-t', String(daemon.pid), '-n', process.execPath, '-e', INWARD, socket, String(there)], { stdio: 'ignore' });
    const entry = bridgeTo(() => net.connect(socket));
    inward.push(() => forwarder.kill(), () => entry.close());
    await new Promise<void>((resolve) => entry.listen(there, '127.0.0.1', resolve));
  };
  const stop = async () => {
    bridge.close();
    for (const end of inward) end();
    // What runs there ends at once, where it would be waited for.
    await command('swarm', 'leave', '--force').catch(() => '');
    const ended = daemon.exitCode === null ? once(daemon, 'exit') : undefined;
    // Its whole group: the forwarder with it.
    if (daemon.pid !== undefined && ended) process.kill(-daemon.pid, 'SIGTERM');
    await ended;
    // Swarm leaves namespaces of its networks mounted.
    const mounts = (await readFile('/proc/mounts', 'utf8')).split('\n').flatMap((line) => line.split(' ')[1] ?? []).filter((place) => place.startsWith(`${folder}/`));
    for (const place of mounts.reverse()) await run('umount', ['--lazy', place]).catch(() => {});
    await rm(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 200 });
  };
  try {
    for (const end = performance.now() + 60_000; ; ) {
      const answers = await command('version').then(() => true, () => false);
      if (answers) break;
      if (performance.now() > end || daemon.exitCode !== null) throw new Error('the second engine does not start');
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
    return { host, docker: command, reach, stop, pid: daemon.pid ?? 0 };
  } catch (error) {
    await stop();
    throw error;
  }
}

function bridgeTo(open: () => net.Socket): net.Server {
  return net.createServer((near) => {
    const far = open();
    near.pipe(far).pipe(near);
    near.on('error', () => far.destroy());
    far.on('error', () => near.destroy());
  });
}
