import { setTimeout as delay } from 'node:timers/promises';
import { BacklotError } from '#contract/errors.ts';
import { tarOf } from '#features/fixtures/clones/tar.ts';
import { LABELS, type ContainerEngine, type ContainerSummary } from '#ports/container-engine.ts';
import type { DeployOrder, PairSettings } from '#ports/deployer.ts';
import type { ProbeRequest } from '#ports/kpi-source.ts';
import { API_PORT, backendName, haproxyConfig, parseCounters, parseServers, placesFor, weightsOf, type Counters, type ServerState } from './haproxy-config.ts';
import { nameInPair, pairFilters, pairLabels, pairName, SLOTS, type Shares, type Slot } from './pair-model.ts';
import type { ServerPlan } from './pair-servers.ts';

const IMAGE = 'haproxy:2.6';
const FOLDER = '/pair';
const ANSWER = 5000;
/** Bytes: some 400 for each place of a server. */
const LONGEST = 1 << 20;
const START = 15_000;
const PAUSE = 50;
/** The image has no other client of sockets. */
const ASK = `exec 3<>/dev/tcp/127.0.0.1/${API_PORT} && printf '%s\\n' "$1" >&3 && cat <&3`;
const PROBE = `began=\${EPOCHREALTIME/[.,]/}
exec 3<>"/dev/tcp/$1/$2" && printf 'GET %s HTTP/1.1\\r\\nHost: %s\\r\\nUser-Agent: backlot\\r\\nConnection: close\\r\\n\\r\\n' "$4" "$3" >&3 || exit 1
read -r -u 3 _ status _ || exit 1
cat <&3 >/dev/null
echo "$status $((\${EPOCHREALTIME/[.,]/} - began))"`;

export type ProxyWanted = { readonly settings: PairSettings; readonly order: Pick<DeployOrder, 'project' | 'target'>; readonly engine: ContainerEngine };

/** The container of a pair's HAProxy, and its runtime API. */
export class PairProxy {
  readonly id: string;
  private readonly wanted: ProxyWanted;

  private constructor(id: string, wanted: ProxyWanted) {
    this.id = id;
    this.wanted = wanted;
  }

  static async find(wanted: ProxyWanted, signal: AbortSignal): Promise<{ readonly proxy: PairProxy; readonly container: ContainerSummary } | undefined> {
    const labels = pairFilters(wanted.order, { [LABELS.slot]: 'proxy' });
    const [container] = await wanted.engine.listContainers(labels, signal);
    return container && { container, proxy: new PairProxy(container.id, wanted) };
  }

  /** Has one that runs and is as the settings say; one that is not is made anew, which interrupts the traffic. */
  static async ensure(wanted: ProxyWanted, { networks, replicas }: ServerPlan, shares: Shares, signal: AbortSignal): Promise<PairProxy> {
    const { engine, settings } = wanted;
    const found = await PairProxy.find(wanted, signal);
    const places = settings.swarm === true ? Math.max(placesFor(replicas), Number(found?.container.labels[LABELS.replicas] ?? 0)) : 1;
    const spec = [settings.public, settings.port, settings.service, ...networks, ...(places === 1 ? [] : [`places:${places}`])].join(' ');
    if (found?.container.labels[LABELS.spec] === spec) {
      if (found.container.state !== 'running') await engine.startContainer(found.proxy.id, signal);
      await found.proxy.answers(signal);
      return found.proxy;
    }
    if (found) await engine.removeContainer(found.proxy.id, signal, { withData: true });
    const proxy = new PairProxy(await makeContainer(wanted, { spec, networks, places }, signal), wanted);
    await proxy.write(shares, places, signal);
    await engine.startContainer(proxy.id, signal);
    await proxy.answers(signal);
    return proxy;
  }

  /** One command of the runtime API, or several with semicolons between. */
  async ask(command: string, signal: AbortSignal): Promise<string> {
    const { engine, settings, order } = this.wanted;
    const name = `${pairName(order)}-proxy`;
    const plain = (why: string, cause?: unknown) => new BacklotError('deploy-failed', `HAProxy of ${order.target} does not answer at its runtime API: ${why}`, { cause, fix: `What it is at: docker${settings.context === undefined ? '' : ` --context ${settings.context}`} logs ${name}. Start it again: docker restart ${name}` });
    const result = await engine.exec(this.id, ['bash', '-c', ASK, 'ask', command], { timeout: ANSWER, most: LONGEST }, signal).catch((error: unknown) => {
      throw error instanceof BacklotError && (error.code === 'not-running' || /no such container|is paused/i.test(error.message)) ? plain('its container does not run', error) : error;
    });
    if (result.exitCode !== 0) throw plain(result.timedOut ? `nothing within ${ANSWER / 1000} s` : (result.output.trim().split('\n').at(-1) ?? ''), result.output);
    return result.output;
  }

  async servers(signal: AbortSignal): Promise<Partial<Record<Slot, ServerState>>> {
    return parseServers(await this.ask(`show servers state ${this.backend}`, signal));
  }

  async counters(signal: AbortSignal): Promise<Partial<Record<Slot, Counters>>> {
    return parseCounters(await this.ask(`show stat ${this.backend} 4 -1`, signal));
  }

  /** Asks a server of the pair as HAProxy would, past the shares, and measures there how long the answer takes. */
  async probe(slot: Slot, { path, host, limit }: ProbeRequest, signal: AbortSignal): Promise<{ readonly status: number; readonly milliseconds: number }> {
    const { engine, settings } = this.wanted;
    const seconds = String(limit / 1000);
    const { exitCode, output } = await engine.exec(this.id, ['timeout', seconds, 'bash', '-c', PROBE, 'probe', nameInPair(slot), String(settings.port), host ?? settings.service, path], { timeout: limit + ANSWER }, signal);
    const [, status, microseconds] = /(\d+) (\d+)\s*$/.exec(output) ?? [];
    if (exitCode === 124) throw new Error(`no answer within ${seconds} s`);
    if (exitCode !== 0 || status === undefined) throw new Error(`${slot} does not answer: ${output.trim().split('\n').at(-1) ?? ''}`);
    return { status: Number(status), milliseconds: Number(microseconds) / 1000 };
  }

  /** Takes effect with the next request; what is under way stays where it is. */
  async share(shares: Shares, signal: AbortSignal): Promise<void> {
    const states = await this.servers(signal);
    const weights = weightsOf(shares, states);
    // The one that gets more comes first: there is no moment without a server.
    const order = SLOTS.toSorted((one, other) => shares[other] - shares[one]);
    const places = order.flatMap((slot) => (states[slot]?.places ?? []).map((place) => `set server ${this.backend}/${place} weight ${weights[slot]}`));
    const said = await this.ask(places.join('; '), signal);
    if (said.trim() !== '') throw new BacklotError('deploy-failed', `HAProxy of ${this.wanted.order.target} does not take the shares: ${said.trim()}`, { fix: 'See its log.' });
    await this.write(weights, states.blue?.places.length ?? 1, signal);
  }

  private get backend(): string {
    return backendName(this.wanted.settings.service);
  }

  private async write(shares: Shares, places: number, signal: AbortSignal): Promise<void> {
    const { engine, settings } = this.wanted;
    await engine.putFiles(this.id, FOLDER, tarOf([{ kind: 'file', name: 'haproxy.cfg', content: Buffer.from(haproxyConfig({ ...settings, shares, places })) }]), signal);
  }

  private async answers(signal: AbortSignal): Promise<void> {
    for (const end = performance.now() + START; ; ) {
      try {
        await this.servers(signal);
        return;
      } catch (error) {
        if (signal.aborted || performance.now() > end) throw error;
        await delay(PAUSE, undefined, { signal });
      }
    }
  }
}

/** It has the service's name on the service's own networks, so that callers from there are balanced too. */
async function makeContainer({ settings, order, engine }: ProxyWanted, { spec, networks, places }: { readonly spec: string; readonly networks: readonly string[]; readonly places: number }, signal: AbortSignal): Promise<string> {
  if (!(await engine.inspectImage(IMAGE, signal))) await engine.pullImage(IMAGE, () => {}, signal);
  return engine.createContainer(
    {
      name: `${pairName(order)}-proxy`,
      image: IMAGE,
      command: ['haproxy', '-W', '-f', `${FOLDER}/haproxy.cfg`],
      labels: { ...pairLabels(order), [LABELS.slot]: 'proxy', [LABELS.spec]: spec, ...(settings.swarm === true && { [LABELS.replicas]: String(places) }) },
      networks: [{ name: pairName(order), aliases: [] }, ...networks.map((name) => ({ name, aliases: [settings.service] }))],
      ports: [{ container: settings.port, host: settings.public, address: '0.0.0.0' }],
      folders: [FOLDER],
    },
    signal,
  );
}
