import { BacklotError } from '#contract/errors.ts';
import type { Api } from '#contract/index.ts';
import type { HostNames } from '#contract/names.ts';
import type { Implementation } from '#core/dispatcher.ts';
import type { Work } from '#core/work.ts';
import type { LoadProject, Project } from '#features/project/project.ts';
import type { Installation } from '#ports/host-resolver.ts';
import { describeHost, type HostView } from './host-names-describe.ts';
import { look } from './host-names-look.ts';
import { isNothing, planInstall, planUninstall } from './host-names-plan.ts';
import { HOST_LOCK, isHere, publishLocked, readFeed, type PublishPorts } from './host-names-publish.ts';

type Names = Implementation<Pick<Api, 'names'>>['names'];

export type HostNamesPorts = PublishPorts & { readonly loadProject: LoadProject };

/** How this machine resolves the suffixes. */
export function createHostNames(ports: HostNamesPorts): Pick<Names, 'host' | 'install' | 'uninstall'> {
  const locked = <Result>(method: string, work: Work, body: () => Promise<Result>) => {
    const onWait = (owner: { readonly shell: string; readonly pid: number }) => work.tell({ type: 'message', level: 'info', text: `waits for ${owner.shell} (process ${owner.pid}), which changes names on this machine` });
    return ports.store.withLock({ ...HOST_LOCK, method }, onWait, body, work.signal);
  };
  return {
    host: async ({ directory }, signal) => host(directory === '' ? undefined : await ports.loadProject(directory, signal), ports, signal),
    install: ({ directory }, work) => locked('names.install', work, () => install(directory, ports, work)),
    uninstall: (_input, work) => locked('names.uninstall', work, () => uninstall(ports, work)),
  };
}

async function host(project: Project | undefined, ports: HostNamesPorts, signal: AbortSignal, notes: readonly string[] = []): Promise<HostNames> {
  const { resolver, records } = ports.hostNames;
  const installation = await records.readInstallation();
  const situation = await look({ installation, projects: projectsOf(installation, project) }, ports, signal);
  const seen = await seeEngine(ports, signal);
  const view: HostView = { situation, notes: [...situation.notes, ...notes], ...(seen && { feed: seen.feed }), resolver: seen?.running ? resolver.place : undefined };
  return describeHost(view);
}

/** Names can be asked about without an engine. */
async function seeEngine(ports: HostNamesPorts, signal: AbortSignal) {
  try {
    await ports.engine.connect(signal);
    const [feed, running] = await Promise.all([readFeed(ports, signal), ports.hostNames.resolver.find(signal)]);
    return { feed, running };
  } catch (error) {
    if (signal.aborted) throw error;
    return undefined;
  }
}

async function install(directory: string, ports: HostNamesPorts, work: Work): Promise<HostNames> {
  const { records, system, resolver } = ports.hostNames;
  const project = await ports.loadProject(directory, work.signal);
  if (project.suffixes.length === 0) {
    throw new BacklotError('resolver-failed', `${project.name} has no suffixes, so there is nothing to resolve`, { where: { file: project.file }, fix: 'Name them in backlot.yaml: names: { suffixes: [us-east-1.shop.example] }' });
  }
  if (!resolver.place) throw new BacklotError('resolver-failed', 'BACKLOT_DNS_PORT is off, so no resolver can be asked', { fix: 'Unset it, or give a port: BACKLOT_DNS_PORT=5354' });
  const installation = await records.readInstallation();
  const projects = projectsOf(installation, project);
  const situation = await look({ installation, projects }, ports, work.signal);
  for (const note of situation.notes) work.tell({ type: 'message', level: 'warning', text: note });
  const { changes, record } = planInstall(situation);
  tellChanges(changes, work);
  // What was found is on disk before the first change, and whoever finds this record half done can go on from it.
  const next: Installation = { ...record, mechanism: situation.mechanism, projects, pending: installation?.pending === true || !isNothing(changes) };
  await records.writeInstallation(next);
  await system.assertRights(changes, 'names install');
  await ports.engine.connect(work.signal);
  if (!isHere(ports.engine)) throw new BacklotError('resolver-failed', 'The engine is on another machine, whose names this one cannot reach', { fix: 'Choose an engine of this machine: backlot --context default names install' });
  // The resolver answers before anybody is sent to it.
  await publishLocked({ ...ports, tell: work.tell }, work.signal);
  await system.apply(changes, work.signal);
  await records.writeInstallation({ ...next, pending: false });
  return host(project, ports, work.signal);
}

async function uninstall(ports: HostNamesPorts, work: Work): Promise<HostNames> {
  const { records, system } = ports.hostNames;
  const installation = await records.readInstallation();
  const situation = await look({ installation, projects: installation?.projects ?? [] }, ports, work.signal);
  const { changes, notes } = planUninstall(situation);
  tellChanges(changes, work);
  for (const text of notes) work.tell({ type: 'message', level: 'warning', text });
  await system.assertRights(changes, 'names uninstall');
  if (installation) await records.writeInstallation({ ...installation, pending: true });
  await system.apply(changes, work.signal);
  await records.removeInstallation();
  await endResolver(ports, work);
  return host(undefined, ports, work.signal, notes);
}

/** The system is as it was: an engine that cannot be reached takes nothing away from that. */
async function endResolver(ports: HostNamesPorts, work: Work): Promise<void> {
  try {
    await ports.engine.connect(work.signal);
    await publishLocked({ ...ports, tell: work.tell }, work.signal);
  } catch (error) {
    if (work.signal.aborted || !(error instanceof BacklotError)) throw error;
    work.tell({ type: 'message', level: 'warning', text: `The resolver’s container may still run: ${error.message}`, fix: 'Run it again when the engine answers: backlot names uninstall' });
  }
}

function tellChanges({ files, rules, commands }: ReturnType<typeof planInstall>['changes'], work: Work): void {
  const text = (line: string) => work.tell({ type: 'message', level: 'info', text: line });
  for (const { path, before, after } of files) text(`${after ? (before ? 'changes' : 'writes') : 'removes'} ${path}`);
  if (rules) text(`changes the name resolution policy: ${rules.after.join(', ') || 'no rules of Backlot'}`);
  for (const command of commands) text(`runs ${command.join(' ')}`);
}

/** What is installed, with this project as it is now. */
function projectsOf(installation: Installation | undefined, project: Project | undefined): Installation['projects'] {
  const others = (installation?.projects ?? []).filter(({ directory }) => directory !== project?.directory);
  if (!project || project.suffixes.length === 0) return others;
  const { directory, suffixes, guard, allow } = project;
  return [...others, { directory, suffixes, guard, allow }];
}
