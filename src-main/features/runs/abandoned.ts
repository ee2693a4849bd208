import type { z } from 'zod';
import { BacklotError } from '#contract/errors.ts';
import type { Removed } from '#contract/system.ts';
import { groupBy } from '#core/group-by.ts';
import type { Work } from '#core/work.ts';
import { isOfOtherVersion, LABELS, type ContainerEngine } from '#ports/container-engine.ts';
import type { EngineRelays } from '#ports/engine-relay.ts';
import type { RunStore } from '#ports/run-store.ts';
import type { StateStore } from '#ports/state-store.ts';
import { removeScene } from './stage-scene.ts';
import { suiteImages } from './suite-engine.ts';

export type AbandonedPorts = { readonly engine: ContainerEngine; readonly runs: RunStore; readonly store: StateStore; readonly relays: EngineRelays };

type RemovedThing = z.infer<typeof Removed>;
type Thing = { readonly kind: RemovedThing['kind']; readonly name: string; readonly labels: Readonly<Record<string, string>>; readonly created?: number; readonly runs: boolean };

/** Milliseconds for which runs that this user knows nothing of are taken for another user's. */
const STRANGERS_TIME = 600_000;
const WHY = 'the run that it belonged to was ended before it could remove it';

/** Removes what runs left that nobody carries out any more, and nothing else; or, dry, only names it. */
export async function removeAbandoned(dryRun: boolean, ports: AbandonedPorts, work: Work): Promise<RemovedThing[]> {
  const things = await thingsOfRuns(ports.engine, work.signal);
  const removed: RemovedThing[] = [];
  for (const [run, own] of groupBy(things, ({ labels }) => labels[LABELS.run] ?? '')) {
    if (!isAbandoned(await ports.runs.isCarriedOut(run), own, Date.now())) continue;
    removed.push(...own.map(({ kind, name }) => ({ kind, name, why: WHY })));
    if (!dryRun) {
      await removeScene({ run }, { store: ports.store }, { ...ports, ...work });
      await ports.relays.forget(run);
    }
  }
  if (!dryRun) await markLost(ports.runs);
  return removed;
}

/** The same, where this user has runs that ended before their time: cheap where there are none. */
export async function removeLost(ports: AbandonedPorts, work: Work): Promise<void> {
  if ((await ports.runs.lost()).length === 0) return;
  await ports.engine.connect(work.signal);
  const removed = await removeAbandoned(false, ports, work).catch((error: unknown) => {
    // What somebody put there keeps nobody from other work; an engine that is away does.
    if (!(error instanceof BacklotError) || work.signal.aborted || /^engine-(lost|unreachable|slow|denied)$/.test(error.code)) throw error;
    work.tell({ type: 'message', level: 'warning', text: `What a run left that was ended before its time could not all be removed: ${error.message}`, fix: `${error.fix === undefined ? '' : `${error.fix} Then: `}backlot clean` });
    return [];
  });
  if (removed.length > 0) work.tell({ type: 'message', level: 'info', text: `removed what a run left that was ended before its time: ${removed.map(({ name }) => name).join(', ')}` });
}

async function markLost(runs: RunStore): Promise<void> {
  for (const run of await runs.lost()) {
    const record = await runs.read(run);
    if (record?.state === 'lost') await runs.end({ ...record, state: 'lost', ended: new Date().toISOString() });
  }
}

/** Pure. */
function isAbandoned(carriedOut: boolean | undefined, things: readonly Thing[], now: number): boolean {
  if (things.some(isOfOtherVersion)) return false;
  if (carriedOut !== undefined) return !carriedOut;
  return things.every(({ created, runs }) => !runs && created !== undefined && now - created > STRANGERS_TIME);
}

async function thingsOfRuns(engine: ContainerEngine, signal: AbortSignal): Promise<Thing[]> {
  const [containers, networks, volumes, images] = await Promise.all([engine.listContainers([LABELS.run], signal), engine.listNetworks([LABELS.run], signal), engine.listVolumes([LABELS.run], signal), suiteImages({}, engine, signal)]);
  const things = [
    ...containers.map((one) => ({ ...one, kind: 'container' as const, runs: one.state === 'running' })),
    ...networks.map((one) => ({ ...one, kind: 'network' as const, runs: false })),
    ...volumes.map((one) => ({ ...one, kind: 'volume' as const, runs: false })),
    ...images.map(({ id, run }) => ({ kind: 'image' as const, name: id, labels: { [LABELS.run]: run }, runs: false })),
  ];
  // A container of an image that a suite made of a container of its own: it is whoever's runs it.
  return things.filter(({ labels }) => labels[LABELS.run] !== '');
}
