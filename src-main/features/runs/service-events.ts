import type { ServiceEvent } from '#contract/runs.ts';
import { LABELS, type ContainerEngine, type ContainerSummary, type EngineEvent } from '#ports/container-engine.ts';
import { STAGE_SERVICE } from './stage-environment.ts';

/** More than this tells nothing more: a service that ends again and again. */
const MOST = 200;

/** What befell the services of a stage, as the engine tells it, until the signal. Nothing where the engine cannot tell. */
export function watchServices(containers: readonly ContainerSummary[], engine: ContainerEngine, signal: AbortSignal): readonly ServiceEvent[] {
  const befallen: ServiceEvent[] = [];
  const telling = new ServiceTelling(containers);
  void (async () => {
    for await (const event of engine.events(signal)) {
      const told = telling.take(event);
      if (told && befallen.length < MOST) befallen.push(told);
    }
  })().catch(() => {});
  return befallen;
}

/** Engine's events in our words: that something ended, started again, had no memory left, or changed its health. */
export class ServiceTelling {
  private readonly services: ReadonlyMap<string, string>;
  private readonly ended = new Set<string>();
  private readonly unhealthy = new Set<string>();

  constructor(containers: readonly Pick<ContainerSummary, 'id' | 'labels'>[]) {
    this.services = new Map(containers.flatMap(({ id, labels }) => (labels[LABELS.service] === undefined ? [] : [[id, labels[LABELS.service] ?? '']])));
  }

  take({ kind, action, id, attributes, time }: EngineEvent): ServiceEvent | undefined {
    const service = kind === 'container' ? this.services.get(id) : undefined;
    if (service === undefined) return undefined;
    const at = { time: new Date(time * 1000).toISOString(), service: service === STAGE_SERVICE ? 'stage' : service };
    if (action === 'oom') return { ...at, kind: 'out-of-memory' };
    // That the stage itself begins and ends is its own story.
    if (service === STAGE_SERVICE) return undefined;
    switch (action) {
      case 'die':
        this.ended.add(id);
        return { ...at, kind: 'ended', exitCode: Number(attributes['exitCode'] ?? 0) };
      case 'start':
        return this.ended.delete(id) ? { ...at, kind: 'started-again' } : undefined;
      case 'health_status: unhealthy':
        this.unhealthy.add(id);
        return { ...at, kind: 'unhealthy' };
      case 'health_status: healthy':
        return this.unhealthy.delete(id) ? { ...at, kind: 'healthy' } : undefined;
      default:
        return undefined;
    }
  }
}
