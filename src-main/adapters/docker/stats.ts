import type { StatsReading } from '#ports/container-engine.ts';
import { BacklotError } from '#contract/errors.ts';
import { callUnlessMissing, reading } from './calls.ts';
import { findCgroup, readCgroup, readNetwork, withoutCache, type CgroupFiles } from './cgroup.ts';
import type { Connection } from './connection.ts';
import { describeDetails } from './describe.ts';

/** One-shot calls at a time: each costs the engine a call to the container's supervisor. */
const AT_ONCE = 8;

type Known = { readonly id: string; readonly files: CgroupFiles; readonly ownNetwork: boolean };

/** Reads what containers use: from their control groups where this machine has them, else from the engine. */
export class StatsReader {
  private readonly connection: Connection;
  private readonly known = new Map<string, Known>();

  constructor(connection: Connection) {
    this.connection = connection;
  }

  async read(ids: readonly string[], signal: AbortSignal): Promise<StatsReading[]> {
    for (const id of this.known.keys()) if (!ids.includes(id)) this.known.delete(id);
    const readings: StatsReading[] = [];
    const others: string[] = [];
    for (const id of ids) {
      const quick = this.readKnown(id);
      if (quick) readings.push(quick);
      else others.push(id);
    }
    await inTurns(others, AT_ONCE, async (id) => {
      const found = await this.find(id, signal);
      if (found) readings.push(found);
    });
    return readings;
  }

  private readKnown(id: string): StatsReading | undefined {
    const known = this.known.get(id);
    if (!known) return undefined;
    try {
      const { pid, ...figures } = readCgroup(known.files);
      const network = known.ownNetwork ? readNetwork(pid) : { networkReceived: 0, networkSent: 0 };
      return { container: known.id, readAt: performance.now(), ...figures, ...network };
    } catch {
      // It has ended, or was started again with another process: it is looked up anew.
      this.known.delete(id);
      return undefined;
    }
  }

  private async find(id: string, signal: AbortSignal): Promise<StatsReading | undefined> {
    const path = `/containers/${encodeURIComponent(id)}`;
    const reply = await callUnlessMissing(this.connection, reading('look at the container'), signal, (modem, until) => modem.call({ method: 'GET', path: `${path}/json` }, until));
    if (reply === undefined) return undefined;
    const details = describeDetails(reply);
    if (details.state !== 'running' && details.state !== 'paused') return undefined;
    const files = this.isHere ? findCgroup(details.id, details.pid) : undefined;
    if (files) {
      this.known.set(id, { id: details.id, files, ownNetwork: !details.networks.some(({ name }) => name === 'host') });
      const quick = this.readKnown(id);
      if (quick) return quick;
    }
    const query = { 'stream': false, 'one-shot': true };
    const statistics = await callUnlessMissing(this.connection, reading("read the container's use of resources"), signal, (modem, until) =>
      modem.call({ method: 'GET', path: `${path}/stats`, query }, until),
    ).catch(ignoreStopped);
    return statistics === undefined ? undefined : describeStats(details.id, statistics);
  }

  private get isHere(): boolean {
    return process.platform === 'linux' && this.connection.endpoint.address.kind === 'unix';
  }
}

/** A container that ends between two calls is one that does not run. */
function ignoreStopped(error: unknown): undefined {
  if (error instanceof BacklotError && error.code === 'not-running') return undefined;
  throw error;
}

type ApiStats = {
  readonly cpu_stats?: { readonly cpu_usage?: { readonly total_usage?: number } };
  readonly memory_stats?: { readonly usage?: number; readonly limit?: number; readonly stats?: Readonly<Record<string, number>> };
  readonly networks?: Readonly<Record<string, { readonly rx_bytes?: number; readonly tx_bytes?: number }>> | null;
  readonly blkio_stats?: { readonly io_service_bytes_recursive?: readonly { readonly op?: string; readonly value?: number }[] | null };
};

/** The engine's own figures; `undefined` where it has none, as of a container that has just ended. */
function describeStats(container: string, reply: unknown): StatsReading | undefined {
  const stats = reply as ApiStats;
  const { usage, limit, stats: detail = {} } = stats.memory_stats ?? {};
  if (usage === undefined) return undefined;
  const networks = Object.values(stats.networks ?? {});
  const blocks = stats.blkio_stats?.io_service_bytes_recursive ?? [];
  const bytes = (wanted: string) => blocks.reduce((total, { op = '', value = 0 }) => (op.toLowerCase() === wanted ? total + value : total), 0);
  return {
    container,
    cpuTotal: stats.cpu_stats?.cpu_usage?.total_usage ?? 0,
    readAt: performance.now(),
    memory: withoutCache(usage, detail['total_inactive_file'] ?? detail['inactive_file'] ?? 0),
    ...(limit !== undefined && { memoryLimit: limit }),
    networkReceived: networks.reduce((total, { rx_bytes = 0 }) => total + rx_bytes, 0),
    networkSent: networks.reduce((total, { tx_bytes = 0 }) => total + tx_bytes, 0),
    blockRead: bytes('read'),
    blockWritten: bytes('write'),
  };
}

async function inTurns<Item>(items: readonly Item[], atOnce: number, work: (item: Item) => Promise<void>): Promise<void> {
  const left = [...items];
  const turn = async () => {
    for (let item = left.shift(); item !== undefined; item = left.shift()) await work(item);
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, turn));
}
