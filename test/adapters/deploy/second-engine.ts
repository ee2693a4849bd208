import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { docker } from '../registry/registry-scene.ts';

export type SecondEngine = { readonly host: string; readonly docker: (...args: string[]) => Promise<string>; readonly stop: () => Promise<void> };

/** In the engine's network namespace there is no way out but this: its own 127.0.0.1:PORT leads through a socket of the file system to the registry outside. */
const FORWARDER = `const net = require('node:net'); net.createServer((near) => { const far = net.connect(process.argv[1]); near.pipe(far).pipe(near); near.on('error', () => far.destroy()); far.on('error', () => near.destroy()); }).listen(Number(process.argv[2]), '127.0.0.1');`;

/** Another engine on this machine, in a network of its own, as a Swarm of one node: the engine that everybody shares is left as it is. It reaches the registry at the same address as this machine. */
export async function startSwarm(registry: string): Promise<SecondEngine> {
  const folder = await mkdtemp(join(tmpdir(), 'bt-engine-'));
  const host = `unix://${folder}/docker.sock`;
  const port = registry.split(':')[1] ?? '';
  const bridge = net.createServer((near) => {
    const far = net.connect(Number(port), '127.0.0.1');
    near.pipe(far).pipe(near);
    near.on('error', () => far.destroy());
    far.on('error', () => near.destroy());
  });
  await new Promise<void>((resolve) => bridge.listen(join(folder, 'registry.sock'), resolve));
  const script = `ip link set lo up; "${process.execPath}" -e "$FORWARDER" "${folder}/registry.sock" ${port} & exec dockerd --data-root ${folder}/data --exec-root ${folder}/exec --pidfile ${folder}/pid -H ${host} --storage-driver overlay2`;
  const daemon: ChildProcess = spawn('unshare', ['--net', '--uts', 'sh', '-c', script], { stdio: 'ignore', detached: true, env: { ...process.env, FORWARDER } });
  const command = (...args: string[]) => docker('-H', host, ...args);
  const stop = async () => {
    bridge.close();
    const ended = daemon.exitCode === null ? once(daemon, 'exit') : undefined;
    // Its whole group: the forwarder with it.
    if (daemon.pid !== undefined && ended) process.kill(-daemon.pid, 'SIGTERM');
    await ended;
    await rm(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 200 });
  };
  try {
    for (const end = performance.now() + 60_000; ; ) {
      const answers = await command('version').then(() => true, () => false);
      if (answers) break;
      if (performance.now() > end || daemon.exitCode !== null) throw new Error('the second engine does not start');
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
    await command('swarm', 'init', '--advertise-addr', '127.0.0.1');
    return { host, docker: command, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
