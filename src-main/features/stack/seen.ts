import type { ContainerDetails } from '#ports/container-engine.ts';
import type { EnvironmentRecord, SeenState } from '#ports/state-store.ts';
import type { Readiness } from './readiness.ts';

type Records = Pick<EnvironmentRecord, 'ready' | 'probed'>;
type Started = Pick<ContainerDetails, 'id' | 'startedAt' | 'healthLog'>;

/** What this very start of a container was seen to become. */
export function seenOf(container: Started, record: Records | undefined): SeenState | undefined {
  return record?.ready[keyOf(container.id, container.startedAt)];
}

/** Whether it was seen after the engine's own latest health probe, which looks again only when its interval has passed. By that probe, because the engine's clock need not be ours. */
export function isSeenSince(container: Started, record: Records | undefined): boolean {
  const last = container.healthLog.at(-1)?.end;
  return last !== undefined && record?.probed?.[keyOf(container.id, container.startedAt)] === last;
}

/** What is to be recorded once a container start was seen to become something. */
export function noteSeen(record: Records, id: string, { seen, startedAt, probed }: Exclude<Readiness, { state: 'failed' }>): Records {
  const key = keyOf(id, startedAt);
  return { ready: { ...record.ready, [key]: seen }, ...(probed !== undefined && { probed: { ...record.probed, [key]: probed } }) };
}

const keyOf = (id: string, startedAt: string): string => `${id}@${startedAt}`;
