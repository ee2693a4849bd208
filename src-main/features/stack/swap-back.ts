import { BacklotError } from '#contract/errors.ts';
import type { Work } from '#core/work.ts';
import { LABELS, type ContainerSummary } from '#ports/container-engine.ts';
import { chooseChecks } from './choose-checks.ts';
import { environmentLabels, type Environment } from './environment.ts';
import { journal, type Journal } from './journal.ts';
import { isOnThisMachine } from './observe.ts';
import { waitUntilReady } from './readiness.ts';
import { noteSeen } from './seen.ts';
import { discardContainer } from './remove.ts';
import { addressOf } from './start-services.ts';
import { isOfService } from './swaps.ts';
import { up, type StackPorts } from './up.ts';

type Task = StackPorts & Work;

/** Seconds in which a service that has its place again is to be ready. */
const READY_WITHIN = 300;

/** Gives a service its place back, and waits until it is ready. Answers nowhere: it leads to no process any more. */
export async function giveBack(environment: Environment, service: string, task: Task): Promise<string[]> {
  const { project, set } = environment;
  const restored = await journal(environment, 'stack.swap', task, async (entry) => {
    const all = await task.engine.listContainers(environmentLabels(project.directory, set.name), task.signal);
    const own = all.filter(({ labels }) => labels[LABELS.service] === service);
    const containers = own.filter(isOfService);
    const helpers = own.filter((container) => !isOfService(container));
    if (helpers.length === 0 && containers.some(({ state }) => state === 'running')) {
      task.tell({ type: 'message', level: 'info', text: `${service} has its place already` });
      return true;
    }
    if (own.length === 0) throw new BacklotError('not-running', `${service} has no container in the set ${set.name}`, { fix: `Bring it up: backlot up ${set.name} ${service}` });
    await assertPortsLeft(environment, service, helpers, { ...task, record: entry.record });
    await entry.begin();
    await Promise.all(helpers.map((helper) => discardContainer(helper, { ...task, tell: () => {} })));
    await Promise.all(containers.map(({ id }) => startAgain(environment, { service, id }, entry, task)));
    return containers.length > 0;
  });
  if (!restored) await up({ directory: project.directory, set: set.name, services: [service], timeout: READY_WITHIN, build: false }, task, task);
  return [];
}

/** The process may listen on the very port that the service is to have again: then nothing is touched. */
async function assertPortsLeft({ set }: Environment, service: string, helpers: readonly ContainerSummary[], { engine, machine, record }: Task & Pick<Journal, 'record'>): Promise<void> {
  if (!isOnThisMachine(engine)) return;
  const ours = helpers.flatMap(({ ports }) => ports.map(({ host }) => host));
  for (const { host, address = '127.0.0.1', protocol } of record.ports[service] ?? []) {
    const holder = host === undefined || ours.includes(host) ? undefined : await machine.portOwner(host, address, protocol);
    if (!holder) continue;
    const who = `${holder.program ?? 'a program'}${holder.pid === undefined ? '' : ` (process ${holder.pid})`}`;
    throw new BacklotError('port-taken', `${service} needs port ${host} on ${address}, which ${who} holds`, { fix: `Stop it, then: backlot swap ${service} --back --set ${set.name}` });
  }
}

async function startAgain({ project, set }: Environment, { service, id }: { readonly service: string; readonly id: string }, entry: Journal, task: Task): Promise<void> {
  const { engine, signal, tell } = task;
  tell({ type: 'service', service, state: 'starting' });
  await engine.startContainer(id, signal);
  const definition = project.services[service];
  const exposed = (await engine.inspectImage(definition?.image ?? '', signal))?.exposedPorts ?? [];
  const readiness = await waitUntilReady(
    {
      containerId: id,
      deadline: performance.now() + READY_WITHIN * 1000,
      checks: (container) => (definition ? chooseChecks(definition, container, { awaitedCompletion: false, exposed }) : []),
      addressOf: (container, port) => addressOf(container, port, engine.reachesContainers),
      onWhy: (why) => tell({ type: 'service', service, state: 'starting', why }),
    },
    task,
    signal,
  );
  if (readiness.state === 'failed') throw new BacklotError(readiness.timedOut ? 'not-ready' : 'service-failed', `${service}: ${readiness.why}`, { fix: `Look at: backlot logs ${set.name} ${service}` });
  await entry.update(noteSeen(entry.record, id, readiness));
  tell({ type: 'service', service, state: readiness.state });
}
