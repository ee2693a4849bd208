import type { Misses } from '#contract/names.ts';
import { BacklotError } from '#contract/errors.ts';
import { Signal } from '#core/signal.ts';
import type { LoadProject, Project } from '#features/project/project.ts';
import { environmentLabels, environmentOf } from '#features/stack/environment.ts';
import { GUARD_ROLE, isOfGuard } from '#features/stack/guard.ts';
import { followEvents } from '#features/stack/watch.ts';
import { LABELS, type ContainerEngine, type ContainerSummary, type LogChunk } from '#ports/container-engine.ts';
import { guardRules } from './guard-rules.ts';
import { MissBook } from './miss-book.ts';
import { everyName } from './owned-names.ts';

export type MissPorts = { readonly engine: ContainerEngine; readonly loadProject: LoadProject };
export type MissInput = { readonly directory: string; readonly set?: string | undefined };

/** Lines of a guard's log that are read: the latest. */
const MOST_LINES = 20_000;
/** Misses come in bursts: one look answers for all of them. */
const GATHER = 100;
/** Events can be lost, so it looks again now and then anyway. */
const RESYNC = 10_000;

/** Production names that were asked for and that nobody in the sets that are up has. */
export async function readMisses(input: MissInput, ports: MissPorts, signal: AbortSignal): Promise<Misses> {
  const reader = new MissReader(input, ports, new Signal());
  await reader.look(signal);
  return reader.misses();
}

/** The misses now, and again whenever one comes, for as long as somebody reads. */
export async function* watchMisses(input: MissInput, ports: MissPorts, signal: AbortSignal): AsyncGenerator<Misses> {
  const project = await ports.loadProject(input.directory, signal);
  const scope = new AbortController();
  const inner = AbortSignal.any([signal, scope.signal]);
  const changed = new Signal();
  const reader = new MissReader(input, ports, changed);
  void followEvents(ports.engine, project.directory, changed, inner);
  let last = '';
  try {
    while (!signal.aborted) {
      const misses = await see(reader, inner);
      const text = JSON.stringify(misses);
      if (misses && text !== last) yield misses;
      if (misses) last = text;
      await changed.wait(RESYNC, inner);
      await changed.gather(GATHER, inner);
    }
  } finally {
    scope.abort();
  }
}

/** An engine that is away is told by its own state, and a file that is being edited by its own faults; here both only mean to wait. */
async function see(reader: MissReader, signal: AbortSignal): Promise<Misses | undefined> {
  try {
    await reader.look(signal);
    reader.follow(signal);
    return reader.misses();
  } catch (error) {
    if (signal.aborted || (error instanceof BacklotError && /^(engine|config|compose|project|component)-/.test(error.code))) return undefined;
    throw error;
  }
}

type Feed = { container: ContainerSummary; readonly book: MissBook; last: string; following: boolean };

/** Reads the guards' logs of a project. */
class MissReader {
  private readonly input: MissInput;
  private readonly ports: MissPorts;
  private readonly changed: Signal;
  private feeds = new Map<string, Feed>();
  private containers: readonly ContainerSummary[] = [];
  private project: Project | undefined;
  private seen = '';

  constructor(input: MissInput, ports: MissPorts, changed: Signal) {
    this.input = input;
    this.ports = ports;
    this.changed = changed;
  }

  /** Looks at which guards there are, and reads what the new ones have written so far. */
  async look(signal: AbortSignal): Promise<void> {
    const { engine, loadProject } = this.ports;
    const { directory, set } = this.input;
    this.project ??= await loadProject(directory, signal);
    const containers = await engine.listContainers(environmentLabels(this.project.directory, set === undefined ? undefined : environmentOf(this.project, set).set.name), signal);
    const seen = containers.map(({ id }) => id).sort().join();
    // Something was made anew: with other files, perhaps.
    if (this.seen !== '' && seen !== this.seen) this.project = await loadProject(directory, signal);
    const isSame = seen === this.seen;
    this.seen = seen;
    this.containers = containers;
    const feeds = new Map<string, Feed>();
    for (const container of containers.filter(isOfGuard)) {
      const known = isSame ? this.feeds.get(container.id) : undefined;
      if (known) known.container = container;
      feeds.set(container.id, known ?? (await this.open(container, this.project, signal)));
    }
    this.feeds = feeds;
  }

  misses(): Misses {
    const guard = this.project?.guard ?? 'off';
    const misses = [...this.feeds.values()].flatMap(({ container, book }) => book.misses(container.labels[LABELS.set] ?? '', (address, time) => this.callerOf(address, time)));
    const note = this.noteOf();
    return { schema: 1, guard, misses: misses.sort((a, b) => (a.last < b.last ? 1 : -1)), ...(note !== undefined && { note }) };
  }

  /** Reads on wherever nobody does yet. */
  follow(signal: AbortSignal): void {
    for (const feed of this.feeds.values()) {
      if (!feed.following && feed.container.state === 'running') void this.followOne(feed, signal);
    }
  }

  private async open(container: ContainerSummary, project: Project, signal: AbortSignal): Promise<Feed> {
    const set = container.labels[LABELS.set] ?? '';
    const owned = Object.hasOwn(project.sets, set) ? everyName(environmentOf(project, set)) : new Set<string>();
    const feed: Feed = { container, book: new MissBook({ guard: guardRules(project), owned }), last: '', following: false };
    for await (const chunks of this.ports.engine.logs(container.id, { follow: false, tail: MOST_LINES }, signal)) take(feed, chunks);
    return feed;
  }

  private async followOne(feed: Feed, signal: AbortSignal): Promise<void> {
    feed.following = true;
    try {
      for await (const chunks of this.ports.engine.logs(feed.container.id, { follow: true, ...(feed.last !== '' && { since: feed.last }) }, signal)) {
        if (this.feeds.get(feed.container.id) !== feed) return;
        if (take(feed, chunks)) this.changed.raise();
      }
    } catch {
      // The guard or the engine is gone: the next look says what there is.
    } finally {
      feed.following = false;
    }
  }

  /** An address is given to others later: only who was there already can have asked. */
  private callerOf(address: string, time: number): string | undefined {
    const holder = this.containers.find(({ networks, labels, created }) => labels[LABELS.service] !== undefined && networks.some((network) => network.address === address) && (created === undefined || created <= time));
    return holder?.labels[LABELS.service];
  }

  private noteOf(): string | undefined {
    if (this.project?.guard === 'off') return undefined;
    const sets = [...new Set(this.containers.filter((container) => container.state === 'running' && !isOfGuard(container)).map(({ labels }) => labels[LABELS.set] ?? ''))];
    const dead = sets.filter((set) => !this.containers.some(({ labels, state }) => labels[LABELS.set] === set && labels[LABELS.role] === GUARD_ROLE.names && state === 'running'));
    return dead.length === 0 ? undefined : `The guard of ${dead.join(', ')} does not run: no name of the outside world resolves there, and misses are not seen. backlot up ${dead[0]} puts it right.`;
  }
}

/** Takes lines in that were not seen before; answers whether a miss was among them. */
function take(feed: Feed, chunks: readonly LogChunk[]): boolean {
  let missed = false;
  for (const { line, time } of chunks) {
    if (time <= feed.last) continue;
    feed.last = time;
    missed = feed.book.add(Buffer.from(line).toString('utf8').trimEnd(), time) || missed;
  }
  return missed;
}

