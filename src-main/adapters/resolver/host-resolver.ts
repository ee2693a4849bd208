import { createHash } from 'node:crypto';
import { BacklotError } from '#contract/errors.ts';
import { LABELS, LABEL_VERSION, type ContainerEngine, type ContainerSummary } from '#ports/container-engine.ts';
import type { HostResolver, SetReference } from '#ports/host-resolver.ts';
import type { Machine } from '#ports/machine.ts';
import { INSIDE, OTHERS, PUBLISH, SERVE, WITHDRAW } from './resolver-scripts.ts';

export type ResolverOptions = {
  readonly engine: ContainerEngine;
  readonly machine: Machine;
  /** Tells this user's names from others'. */
  readonly key: string;
  /** As given in `BACKLOT_DNS_PORT`: a port, or `off`. */
  readonly port: string | undefined;
  readonly platform?: string;
};

const IMAGE = 'backlot/names:1';
const ADDRESS = '127.0.0.1';
const ROLE = 'resolver';

/** Where Linux and macOS can be told a port, it is one that anybody may use; Windows asks at 53 only. */
const USUAL_PORT = { win32: 53, others: 5354 } as const;

/** One word of a command line holds 128 KiB. */
const PART = 100_000;
const EXEC = { timeout: 10_000 };

/** A resolver in a container of its own, published on loopback. */
export function createHostResolver({ engine, machine, key, port: wanted, platform = process.platform }: ResolverOptions): HostResolver {
  const usual = platform === 'win32' ? USUAL_PORT.win32 : USUAL_PORT.others;
  // One that cannot be read is told where it is needed, and keeps no other verb from its work.
  const portOf = () => (wanted === undefined || wanted === '' ? usual : readPort(wanted));
  const nameOf = () => `backlot-names-${portOf()}`;

  async function exec(id: string, script: string, args: readonly string[], signal: AbortSignal): Promise<string> {
    const { exitCode, output } = await engine.exec(id, ['sh', '-c', script, 'sh', key, ...args], EXEC, signal);
    if (exitCode !== 0) throw new BacklotError('resolver-failed', 'The resolver of this machine did not take its names', { cause: output.trim(), fix: `Remove it, then bring the set up again: docker rm -f ${nameOf()}` });
    return output;
  }

  async function ours(signal: AbortSignal): Promise<ContainerSummary | undefined> {
    return (await engine.listContainers([`${LABELS.role}=${ROLE}`], signal)).find((container) => container.name === nameOf());
  }

  async function find(signal: AbortSignal): Promise<{ id: string } | undefined> {
    const container = await ours(signal);
    return container?.state === 'running' ? { id: container.id } : undefined;
  }

  async function run(signal: AbortSignal): Promise<{ id: string }> {
    const ports = (['udp', 'tcp'] as const).map((protocol) => ({ container: INSIDE, host: portOf(), address: ADDRESS, protocol }));
    const labels = { [LABELS.version]: LABEL_VERSION, [LABELS.role]: ROLE };
    try {
      const id = await engine.createContainer({ name: nameOf(), image: IMAGE, command: ['sh', '-c', SERVE], labels, networks: [{ name: 'bridge', aliases: [] }], ports, folders: ['/names'] }, signal);
      await engine.startContainer(id, signal);
      return { id };
    } catch (error) {
      return explain(error, signal);
    }
  }

  async function explain(error: unknown, signal: AbortSignal): Promise<{ id: string }> {
    if (!(error instanceof BacklotError)) throw error;
    const said = `${error.message} ${error.cause instanceof Error ? error.cause.message : ''}`;
    if (/is already in use by container/i.test(said)) {
      // Another Backlot was quicker.
      const other = await ours(signal);
      if (other) return { id: other.id };
      throw new BacklotError('resolver-failed', `A container that is not Backlot’s has the name ${nameOf()}`, { fix: 'Rename that container, or choose another port: BACKLOT_DNS_PORT=5355' });
    }
    await removeFailed(signal);
    if (error.code === 'port-taken') throw await portTaken(error);
    if (/no such image/i.test(said)) throw new BacklotError('resolver-failed', `The image ${IMAGE} is not there, and the resolver of this machine needs it`, { fix: 'Make it: npm run setup' });
    throw error;
  }

  function remove(id: string, signal: AbortSignal): Promise<void> {
    return engine.removeContainer(id, signal, { withData: true });
  }

  async function removeFailed(signal: AbortSignal): Promise<void> {
    const failed = await ours(signal);
    if (failed && failed.state !== 'running') await remove(failed.id, signal);
  }

  async function portTaken(cause: BacklotError): Promise<BacklotError> {
    const port = portOf();
    const holder = (await machine.portOwner(port, ADDRESS, 'udp')) ?? (await machine.portOwner(port, ADDRESS, 'tcp'));
    const who = holder?.program ? ` by ${holder.program}${holder.pid === undefined ? '' : ` (process ${holder.pid})`}` : '';
    return new BacklotError('resolver-failed', `The port ${port} for the resolver of this machine is taken${who}`, { cause, fix: `End that, or choose another port: BACKLOT_DNS_PORT=${port + 1}; BACKLOT_DNS_PORT=off does without the resolver.` });
  }

  return {
    get name() {
      return nameOf();
    },
    get place() {
      return wanted === 'off' ? undefined : { address: ADDRESS, port: portOf() };
    },
    find,
    async start(signal) {
      const there = await ours(signal);
      if (!there) return run(signal);
      if (there.state === 'running') return { id: there.id };
      await remove(there.id, signal);
      return run(signal);
    },
    async publish(id, { lines, sets, stays, alive }, signal) {
      // A comment is what a hosts file does not read.
      const first = ['#', ...(stays ? ['stays'] : []), ...sets.map(hashOf)].join(' ');
      const text = [first, ...lines].map((line) => `${line}\n`).join('');
      const parts = Array.from({ length: Math.ceil(text.length / PART) }, (_, index) => text.slice(index * PART, (index + 1) * PART));
      await exec(id, PUBLISH, [hashes(alive), ...parts], signal);
    },
    async withdraw(id, alive, signal) {
      const left = await exec(id, WITHDRAW, [hashes(alive)], signal);
      if (left.trim() === '') await remove(id, signal);
    },
    isShared: async (id, alive, signal) => (await exec(id, OTHERS, [hashes(alive)], signal)).trim() !== '',
  };
}

function hashes(sets: readonly SetReference[]): string {
  return [...new Set(sets.map(hashOf))].join(' ');
}

function hashOf({ directory, set }: SetReference): string {
  return createHash('sha256').update(`${directory}\0${set}`).digest('hex').slice(0, 16);
}

function readPort(text: string): number {
  const port = Number(text);
  if (Number.isInteger(port) && port > 0 && port < 65536) return port;
  throw new BacklotError('input-invalid', `BACKLOT_DNS_PORT is ${JSON.stringify(text)}`, { fix: 'Give a port from 1 to 65535, or off.' });
}
