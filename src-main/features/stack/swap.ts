import { BacklotError } from '#contract/errors.ts';
import type { Work } from '#core/work.ts';
import { withHostNames } from '#features/names/host-names-publish.ts';
import { ownPorts } from '#features/project/connections.ts';
import type { EnvironmentRecord } from '#ports/state-store.ts';
import { LABELS, type ContainerDetails, type ContainerSummary, type NewContainer } from '#ports/container-engine.ts';
import { assertSwappable } from './assert-swappable.ts';
import { assertServices, environmentLabels, environmentOf, type Environment } from './environment.ts';
import { GUARD_IMAGE } from './guard.ts';
import { journal } from './journal.ts';
import { isOnThisMachine } from './observe.ts';
import { discardContainer } from './remove.ts';
import { haveImage } from './swap-image.ts';
import { giveBack } from './swap-back.ts';
import { listens } from './swap-answers.ts';
import { forwardersOf } from './swap-forwarders.ts';
import { isHere, parseTargets, targetText, type SwapTarget } from './swap-targets.ts';
import { isOfService } from './swaps.ts';
import type { StackPorts } from './up.ts';

export type SwapInput = {
  readonly directory: string;
  readonly set?: string | undefined;
  readonly service: string;
  readonly to: readonly string[];
  readonly back: boolean;
};

export type SwapResult = { readonly set: string; readonly service: string; readonly swappedTo: string[]; readonly seconds: number };

const UNDO_TIMEOUT = 30_000;
const LISTEN_TIMEOUT = 3000;

/** Lets a process on this machine take a service's place under its names and ports, or gives it back. */
export async function swap(input: SwapInput, ports: StackPorts, work: Work): Promise<SwapResult> {
  const began = performance.now();
  if (input.back && input.to.length > 0) throw new BacklotError('usage', '--back and --to cannot be given together', { fix: 'With --to a process takes the place; with --back the service has it again.' });
  const connecting = ports.engine.connect(work.signal);
  connecting.catch(() => {});
  const environment = environmentOf(await ports.loadProject(input.directory, work.signal), input.set);
  assertServices([input.service], environment.set.services, `the set ${environment.set.name}`);
  await connecting;
  const task = { ...ports, ...work };
  const swappedTo = await withHostNames(environment, task, () => (input.back ? giveBack(environment, input.service, task) : takePlace(environment, input, task)));
  return { set: environment.set.name, service: input.service, swappedTo, seconds: Math.round(performance.now() - began) / 1000 };
}

type Task = StackPorts & Work;
type RecordedPort = EnvironmentRecord['ports'][string][number];

/** What is there of the service, and what of an earlier swap of it. */
type Place = { readonly containers: readonly ContainerSummary[]; readonly helpers: readonly ContainerSummary[]; readonly details: ContainerDetails };

async function takePlace(environment: Environment, { service, to }: SwapInput, task: Task): Promise<string[]> {
  assertSwappable(environment, service);
  const { set } = environment;
  return journal(environment, 'stack.swap', task, async (entry) => {
    const targets = await readTargets(environment, service, to, task);
    const place = await findPlace(environment, service, task);
    await haveImage(environment, task);
    const published = await publishedPorts(entry.record.ports[service] ?? [], targets, place, task);
    const { reachesContainers } = task.engine;
    const forwarders = forwardersOf({ place: place.details, image: GUARD_IMAGE, targets, published, fixedAddresses: fixedAddresses(environment, service), reach: reachesContainers ? 'shared-folder' : 'host-name' });
    await entry.begin();
    const forwarder = await exchange(service, place, forwarders, task);
    await untilItListens(forwarder, targets, task);
    const swappedTo = targets.map(targetText);
    task.tell({ type: 'service', service, state: 'swapped', why: swappedTo.join(', ') });
    for (const target of targets) {
      if (!(await listens(target, task, task.signal))) task.tell({ type: 'message', level: 'warning', text: `${targetText(target)} does not answer yet: start the process that is to have the place of ${service}` });
    }
    task.tell({ type: 'message', level: 'info', text: `What ${service} needs, for the process: eval "$(backlot env ${set.name} --format shell)"` });
    return swappedTo;
  });
}

async function findPlace(environment: Environment, service: string, { engine, signal }: Task): Promise<Place> {
  const { project, set } = environment;
  const all = (await engine.listContainers(environmentLabels(project.directory, set.name), signal)).filter(({ labels }) => labels[LABELS.service] === service);
  const containers = all.filter(isOfService);
  const details = containers[0] && (await engine.inspectContainer(containers[0].id, signal));
  if (!details) throw new BacklotError('not-running', `${service} has no container in the set ${set.name}, so nothing has its place`, { fix: `Bring it up first: backlot up ${set.name} ${service}` });
  return { containers, helpers: all.filter((container) => !isOfService(container)), details };
}

async function readTargets({ project, set }: Environment, service: string, to: readonly string[], { engine, signal, tell }: Task): Promise<SwapTarget[]> {
  const { resolved, kind, image, names } = project.services[service] ?? { resolved: {}, kind: 'other', image: '', names: [] };
  const exposed = (await engine.inspectImage(image, signal))?.exposedPorts ?? [];
  const known = ownPorts(resolved, kind, exposed);
  const every = [service, ...names, ...(set.standIns[service] ?? [])].map((name) => name.toLowerCase());
  const targets = parseTargets(to, { service, ports: known, names: every, suffixes: project.suffixes });
  const here = targets.find(isHere);
  if (here && !isOnThisMachine(engine)) {
    throw new BacklotError('input-invalid', `The engine is not on this machine (${engine.state.endpoint}), so its containers do not reach ${targetText(here)}`, {
      fix: 'Give the address under which the engine’s machine reaches the process.',
    });
  }
  const left = known.filter((port) => !targets.some(({ container }) => container === port));
  if (left.length > 0) tell({ type: 'message', level: 'warning', text: `Port ${left.join(', ')} of ${service} leads nowhere for now`, fix: `Give a place for it as well: --to ${left[0]}=HOST:PORT` });
  const udp = [...(resolved.ports ?? []).filter(({ protocol }) => protocol === 'udp').map(({ target }) => `${target}`), ...exposed.filter((port) => port.endsWith('/udp')).map((port) => port.slice(0, -4))];
  if (udp.length > 0) tell({ type: 'message', level: 'warning', text: `Only TCP is forwarded: port ${[...new Set(udp)].join(', ')}/udp of ${service} leads nowhere for now` });
  return targets;
}

/** Host ports of the service that lead to the process as well: all but those that it has itself, or that somebody else has meanwhile. */
async function publishedPorts(recorded: readonly RecordedPort[], targets: readonly SwapTarget[], { containers, helpers }: Place, { machine, engine, tell }: Task): Promise<RecordedPort[]> {
  const own = [...containers, ...helpers].flatMap(({ ports }) => ports.map(({ host }) => host));
  const published: RecordedPort[] = [];
  for (const port of recorded) {
    const { host } = port;
    if (host === undefined || port.protocol !== 'tcp' || !targets.some(({ container }) => container === port.container)) continue;
    // Were it published, the process could not listen there, or a forwarder would lead to itself.
    if (targets.some((target) => isHere(target) && target.port === host)) continue;
    const holder = own.includes(host) || !isOnThisMachine(engine) ? undefined : await machine.portOwner(host, port.address ?? '127.0.0.1');
    if (holder) tell({ type: 'message', level: 'warning', text: `Port ${host} of this machine does not lead to the process: ${holder.program ?? 'a program'} has it` });
    else published.push(port);
  }
  return published;
}

/** Stops the service and lets the forwarders take its place; where that fails, it has its place again. Answers the one in the set. */
async function exchange(service: string, { containers, helpers, details }: Place, forwarders: readonly NewContainer[], task: Task): Promise<string> {
  const { engine, signal, tell } = task;
  const made: string[] = [];
  try {
    await Promise.all(helpers.map((helper) => discardContainer(helper, { ...task, tell: () => {} })));
    for (const forwarder of forwarders) made.push(await engine.createContainer(forwarder, signal));
    const [inSet = '', ...others] = [...made].reverse();
    for (const id of others) await engine.startContainer(id, signal);
    if (details.state !== 'exited' && details.state !== 'created') tell({ type: 'service', service, state: 'stopping' });
    await Promise.all(containers.map(({ id }) => engine.stopContainer(id, undefined, signal)));
    await engine.startContainer(inSet, signal);
    return inSet;
  } catch (error) {
    const undoing = AbortSignal.timeout(UNDO_TIMEOUT);
    await Promise.all(made.map((id) => engine.removeContainer(id, undoing, { withData: true })));
    if (details.state === 'running' || helpers.length > 0) await engine.startContainer(details.id, undoing);
    throw error;
  }
}

/** Programs of the set that call right away are not to be refused. */
async function untilItListens(forwarder: string, targets: readonly SwapTarget[], { engine, signal }: Task): Promise<void> {
  const waits = targets.map(({ container }) => `until grep -Eq ':${container.toString(16).toUpperCase().padStart(4, '0')} 0+:0000 0A' /proc/net/tcp /proc/net/tcp6; do sleep 0.01; done`);
  await engine.exec(forwarder, ['bash', '-c', waits.join('; ')], { timeout: LISTEN_TIMEOUT }, signal);
}

/** Addresses that the Compose file fixes, by the network's own name. */
function fixedAddresses({ project, set }: Environment, service: string): Record<string, string> {
  const joined = (project.services[service]?.resolved.networks ?? {}) as Readonly<Record<string, { readonly ipv4_address?: string } | null>>;
  return Object.fromEntries(
    Object.entries(joined).flatMap(([key, settings]) => {
      const definition = (project.model.networks?.[key] ?? {}) as { readonly name?: string; readonly external?: boolean };
      const name = definition.name ?? `${project.model.name}_${key}`;
      const own = !definition.external && name.startsWith(`${project.model.name}_`) ? `${set.composeProject}_${name.slice(project.model.name.length + 1)}` : name;
      return settings?.ipv4_address === undefined ? [] : [[own, settings.ipv4_address]];
    }),
  );
}
