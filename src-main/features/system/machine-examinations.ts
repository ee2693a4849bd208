import { BacklotError } from '#contract/errors.ts';
import { formatBytes } from './format-bytes.ts';
import { missingHelpers } from './credential-helpers.ts';
import type { Examination, Finding } from './examination.ts';
import type { SystemPorts } from './system-ports.ts';
import { isAtLeast } from './version-number.ts';

const GIBIBYTE = 1024 ** 3;
const DISK_WARNING = 5 * GIBIBYTE;
const DISK_FAILURE = GIBIBYTE / 2;
const MEMORY_WARNING = GIBIBYTE;
const OLDEST_NODE = '20.19';

/** The machine that Backlot runs on: programs, disk, memory, credentials. */
export function examineMachine(ports: Pick<SystemPorts, 'engine' | 'machine' | 'places' | 'processes' | 'versions'>): Examination[] {
  const { machine, places, processes, versions } = ports;
  return [
    { id: 'runtime', look: async () => judgeRuntime(versions) },
    { id: 'git', look: (signal) => findGit(processes, signal) },
    { id: 'disk', look: () => lookAtDisk(places.state, 'Backlot’s state', machine) },
    { id: 'engine-disk', look: (signal) => lookAtEngineDisk(ports, signal) },
    { id: 'memory', look: async () => judgeMemory(machine.memory) },
    { id: 'credentials', look: () => lookAtCredentials(machine, places.dockerConfiguration) },
  ];
}

/** Pure. */
export function judgeRuntime({ node, electron }: SystemPorts['versions']): Finding {
  const message = electron ? `Electron ${electron} with Node.js ${node}` : `Node.js ${node}`;
  if (isAtLeast(node, OLDEST_NODE)) return { status: 'ok', message };
  return { status: 'fail', message: `${message} is too old`, fix: `Install Node.js ${OLDEST_NODE} or later.` };
}

/** Pure. */
export function judgeDisk(free: number, path: string, what: string): Finding {
  const message = `${formatBytes(free)} free for ${what} (${path})`;
  if (free >= DISK_WARNING) return { status: 'ok', message };
  const fix = what.startsWith('the engine') ? 'See what takes it: docker system df; docker image prune removes images that nothing uses.' : 'Delete what is no longer needed there.';
  return { status: free < DISK_FAILURE ? 'fail' : 'warn', message: `Only ${message}`, fix };
}

/** Pure. */
export function judgeMemory({ available, total }: { readonly available: number; readonly total: number }): Finding {
  const message = `${formatBytes(available)} of ${formatBytes(total)} memory available`;
  if (available >= MEMORY_WARNING) return { status: 'ok', message };
  return { status: 'warn', message: `Only ${message}`, fix: 'Bring down sets that are not used, or choose a smaller set.' };
}

async function findGit(processes: SystemPorts['processes'], signal: AbortSignal): Promise<Finding> {
  const fix = 'Install git: stages and promotion take the revision from it.';
  try {
    const { exitCode, stdout } = await processes.run('git', ['--version'], {}, signal);
    if (exitCode === 0) return { status: 'ok', message: stdout.trim() };
    return { status: 'warn', message: `git --version ended with ${exitCode}`, fix };
  } catch (error) {
    if (!(error instanceof BacklotError) || error.code !== 'command-failed') throw error;
    return { status: 'warn', message: 'git is not installed', fix };
  }
}

async function lookAtDisk(path: string, what: string, machine: SystemPorts['machine']): Promise<Finding | undefined> {
  const space = await machine.diskSpace(path);
  return space && judgeDisk(space.free, path, what);
}

/** Only a local engine's disk can be seen from here. */
async function lookAtEngineDisk({ engine, machine, processes }: Pick<SystemPorts, 'engine' | 'machine' | 'processes'>, signal: AbortSignal): Promise<Finding | undefined> {
  const reached = await engine.connect(signal).then(
    () => true,
    () => false,
  );
  if (!reached || !engine.reachesContainers) return undefined;
  const { arguments: global, environment } = engine.commandLine();
  const { exitCode, stdout } = await processes.run('docker', [...global, 'info', '--format', '{{.DockerRootDir}}'], { environment }, signal);
  const root = stdout.trim();
  return exitCode === 0 && root ? lookAtDisk(root, 'the engine’s images and volumes', machine) : undefined;
}

async function lookAtCredentials(machine: SystemPorts['machine'], file: string): Promise<Finding> {
  const configuration = await machine.readText(file);
  if (configuration === undefined) return { status: 'ok', message: 'No registry credentials are set up; public images need none' };
  const missing = await missingHelpers(configuration, file, (name) => machine.findProgram(name));
  if (missing.length === 0) return { status: 'ok', message: `Registry credentials as ${file} says` };
  return {
    status: 'warn',
    message: `${file} names credential helpers that are not installed: ${missing.join(', ')}`,
    fix: 'Install them, or take them out of credsStore and credHelpers and log in again with docker login.',
  };
}
