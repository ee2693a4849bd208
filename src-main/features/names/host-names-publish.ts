import { BacklotError } from '#contract/errors.ts';
import { timeLimit } from '#core/time-limit.ts';
import type { Work } from '#core/work.ts';
import { environmentLabels, type Environment } from '#features/stack/environment.ts';
import { LABELS, type ContainerEngine, type ContainerSummary } from '#ports/container-engine.ts';
import type { HostNameRecords, HostResolver, PublishedSet, SetReference, SystemResolving } from '#ports/host-resolver.ts';
import type { StateStore } from '#ports/state-store.ts';
import { blockLines, resolverLines, type FeedInput } from './host-names-feed.ts';
import { hostsFile } from './host-names-mechanism.ts';
import { withBlock } from './host-names-block.ts';
import { textOf } from './host-names-plan.ts';
import { ownedNames, withSuffixes } from './owned-names.ts';

/** What names on this machine need of the outside world. */
type HostPorts = { readonly resolver: HostResolver; readonly system: SystemResolving; readonly records: HostNameRecords };

export type PublishPorts = { readonly engine: ContainerEngine; readonly store: StateStore; readonly hostNames: HostPorts };

/** Milliseconds that names on this machine may take; the set itself does not wait for more. */
const PATIENCE = 20_000;

/** Runs work that brings a set up, or changes it, and makes the resolver of this machine answer by what came of it, however it ended. */
export async function withHostNames<Result>(environment: Environment, task: PublishPorts & Work, body: () => Promise<Result>): Promise<Result> {
  if (environment.project.suffixes.length === 0 || !isWanted(task)) return body();
  // The resolver comes up while the services do.
  const starting = isHere(task.engine) ? task.hostNames.resolver.start(task.signal) : Promise.resolve();
  starting.catch(() => {});
  try {
    return await body();
  } finally {
    await orTell(task, async (signal) => {
      await task.hostNames.records.writeSet(publishedSet(environment, task.engine));
      await starting.catch(() => {});
      await publish(task, signal);
    });
  }
}

/** Makes the resolver of this machine answer by what is up now, without these sets. Where it cannot, it is told and nothing fails. */
export async function refreshHostNames(task: PublishPorts & Work, leaving: readonly SetReference[] = []): Promise<void> {
  if (!isWanted(task)) return;
  await orTell(task, async (signal) => {
    const { records } = task.hostNames;
    const [sets, installation] = await Promise.all([records.listSets(), records.readInstallation()]);
    if (sets.length === 0 && !installation) return;
    await Promise.all(leaving.map((set) => records.removeSet(set)));
    await publish(task, signal);
  });
}

/** The lock under which names on this machine are changed. */
export const HOST_LOCK = { composeProject: 'names', directory: '' };

async function publish(task: PublishPorts & Work, signal: AbortSignal): Promise<void> {
  await task.store.withLock({ ...HOST_LOCK, method: 'names.publish' }, () => {}, () => publishLocked(task, signal), signal);
}

/** The same, for those who hold the lock. */
export async function publishLocked(task: PublishPorts & Pick<Work, 'tell'>, signal: AbortSignal): Promise<void> {
  const { resolver, records } = task.hostNames;
  const feed = await readFeed(task, signal);
  const installation = await records.readInstallation();
  if (feed.sets.length === 0 && !installation) {
    const running = await resolver.find(signal);
    if (running) await resolver.withdraw(running.id, aliveSets(feed.containers), signal);
    return records.writePublished(undefined);
  }
  const { id } = await resolver.start(signal);
  const lines = resolverLines(feed);
  const told = await records.readPublished();
  if (told?.container !== id || told.lines.join('\n') !== lines.join('\n')) {
    await resolver.publish(id, { lines, sets: feed.sets, stays: installation !== undefined, alive: aliveSets(feed.containers) }, signal);
    await records.writePublished({ container: id, lines });
  }
  if (installation?.mechanism === 'hosts-file' && !installation.pending) await writeBlock(blockLines(feed, installation.projects.flatMap(({ suffixes }) => suffixes)), task, signal);
}

/** Ends a resolver that nobody's names are left in, or, dry, only says its name. */
export async function endUnusedResolver(dryRun: boolean, { engine, store, hostNames: { resolver, records } }: PublishPorts, { signal, tell }: Work): Promise<string | undefined> {
  if (!isWanted({ hostNames: { resolver } })) return undefined;
  const end = async () => {
    const [sets, installation, running] = await Promise.all([records.listSets(), records.readInstallation(), resolver.find(signal)]);
    if (!running || installation) return undefined;
    const containers = await engine.listContainers([LABELS.version], signal);
    if (sets.some((set) => containers.some((container) => belongs(container, set)))) return undefined;
    const alive = aliveSets(containers);
    if (await resolver.isShared(running.id, alive, signal)) return undefined;
    if (!dryRun) await resolver.withdraw(running.id, alive, signal);
    return resolver.name;
  };
  const orLeave = (error: unknown) => leaveResolver(error, resolver, { signal, tell });
  return store.withLock({ ...HOST_LOCK, method: 'system.clean' }, () => {}, () => end().catch(orLeave), signal);
}

/** One that went meanwhile is nothing to end; one that does not answer is told, and keeps nobody from cleaning the rest. */
async function leaveResolver(error: unknown, resolver: HostResolver, { signal, tell }: Pick<Work, 'signal' | 'tell'>): Promise<undefined> {
  if (!(error instanceof BacklotError) || !['resolver-failed', 'engine-failed', 'not-running'].includes(error.code)) throw error;
  if (await resolver.find(signal)) tell({ type: 'message', level: 'warning', text: error.message, ...(error.fix !== undefined && { fix: error.fix }) });
}

function aliveSets(containers: readonly ContainerSummary[]): SetReference[] {
  return containers.flatMap(({ labels }) => {
    const [directory, set] = [labels[LABELS.directory], labels[LABELS.set]];
    return directory === undefined || set === undefined ? [] : [{ directory, set }];
  });
}

/** What is up of all that is recorded; what is gone is forgotten. */
export async function readFeed({ engine, hostNames: { records } }: PublishPorts, signal: AbortSignal): Promise<FeedInput> {
  const [recorded, installation, containers] = await Promise.all([records.listSets(), records.readInstallation(), engine.listContainers([LABELS.version], signal)]);
  const here = recorded.filter((set) => set.engine === engine.state.endpoint);
  const gone = here.filter((set) => !containers.some((container) => belongs(container, set)));
  await Promise.all(gone.map((set) => records.removeSet(set)));
  return { sets: here.filter((set) => !gone.includes(set)), containers, reachesContainers: engine.reachesContainers, projects: installation?.projects ?? [] };
}

async function writeBlock(lines: readonly string[], { hostNames: { system }, tell }: PublishPorts & Pick<Work, 'tell'>, signal: AbortSignal): Promise<void> {
  const facts = await system.facts(signal);
  const path = hostsFile(facts.platform);
  const before = await system.read(path);
  const content = Buffer.from(withBlock(textOf(before), lines), 'latin1');
  if (before && Buffer.compare(before.content, content) === 0) return;
  const changes = { files: [{ path, before, after: { mode: 0o644, ...facts.owner, ...before, content } }], emptied: [], rules: undefined, commands: [] };
  try {
    await system.assertRights(changes, 'names install');
    await system.apply(changes, signal);
  } catch (error) {
    if (!(error instanceof BacklotError)) throw error;
    tell({ type: 'message', level: 'warning', text: `${path} has addresses of before: ${error.message}`, ...(error.fix && { fix: error.fix }) });
  }
}

function publishedSet({ project, set }: Environment, engine: ContainerEngine): PublishedSet {
  const names: Record<string, string[]> = {};
  for (const { name, service } of ownedNames({ project, set })) {
    for (const full of withSuffixes(name, project.suffixes)) names[full] = [...new Set([...(names[full] ?? []), service])];
  }
  const { suffixes, guard, allow, directory } = project;
  return { project: project.name, directory, set: set.name, addresses: set.addresses, suffixes, guard, allow, names, engine: engine.state.endpoint, at: new Date().toISOString() };
}

function belongs({ labels }: ContainerSummary, { directory, set }: PublishedSet): boolean {
  return environmentLabels(directory, set).every((label) => labels[label.slice(0, label.indexOf('='))] === label.slice(label.indexOf('=') + 1));
}

function isWanted({ hostNames: { resolver } }: { readonly hostNames: Pick<HostPorts, 'resolver'> }): boolean {
  try {
    return resolver.place !== undefined;
  } catch {
    // A port that cannot be read is told when it is needed.
    return true;
  }
}

/** Whether the engine is of this machine, so that its loopback is ours. */
export function isHere(engine: ContainerEngine): boolean {
  return /^(unix|npipe):|^(tcp|https?):\/\/(localhost|127\.|\[::1\])/.test(engine.state.endpoint);
}

async function orTell(task: PublishPorts & Work, body: (signal: AbortSignal) => Promise<void>): Promise<void> {
  if (!isHere(task.engine)) return;
  const patience = timeLimit(PATIENCE);
  try {
    await body(task.signal.aborted ? patience : AbortSignal.any([task.signal, patience]));
  } catch (error) {
    if (task.signal.aborted) return;
    const text = `names do not resolve on this machine: ${error instanceof Error ? error.message : String(error)}`;
    task.tell({ type: 'message', level: 'warning', text, ...(error instanceof BacklotError && error.fix && { fix: error.fix }) });
  }
}
