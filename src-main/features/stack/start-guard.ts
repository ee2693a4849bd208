import { BacklotError, toFailure } from '#contract/errors.ts';
import type { Work } from '#core/work.ts';
import { LABELS, type ContainerEngine, type ContainerSummary, type EngineEvent } from '#ports/container-engine.ts';
import { isOwn, type Environment } from './environment.ts';
import { GUARD_ROLE, type GuardStep } from './guard.ts';

type Starting = { readonly engine: ContainerEngine } & Work;

/** Starts what helps a set with its names, before anything that asks for names. Answers a check, for later, that it stayed alive. */
export async function startGuard(plan: readonly GuardStep[], containers: readonly ContainerSummary[], task: Starting): Promise<() => Promise<void>> {
  const acting = plan.filter(({ action }) => action !== 'keep' && action !== 'remove').map(({ role }) => role);
  const partOf = (role: string) => containers.find(({ labels }) => labels[LABELS.role] === role && acting.some((one) => one === role));
  const names = partOf(GUARD_ROLE.names);
  const watch = partOf(GUARD_ROLE.watch);
  const watching = watch && startWatch(watch, task);
  if (names) await startNames(names, task);
  return async () => {
    await watching;
    if (names) await assertAlive(names, task);
  };
}

/** Starts the answering part as soon as it is made, while the rest of the set is still being made. Whatever fails here is tried again, and told, by `startGuard`. */
export function startOnceMade(environment: Environment, { engine, signal }: Starting): { readonly end: () => void } {
  const scope = new AbortController();
  const isIt = ({ kind, action, attributes }: EngineEvent) =>
    kind === 'container' && action === 'create' && attributes[LABELS.role] === GUARD_ROLE.names && isOwn(attributes, environment);
  const watch = async () => {
    for await (const event of engine.events(AbortSignal.any([signal, scope.signal]))) if (isIt(event)) return engine.startContainer(event.id, signal);
  };
  watch().catch(() => {});
  return { end: () => scope.abort() };
}

async function startNames({ id }: ContainerSummary, { engine, signal }: Starting): Promise<void> {
  try {
    await engine.startContainer(id, signal);
  } catch (error) {
    if (!(error instanceof BacklotError) || error.code === 'cancelled') throw error;
    throw new BacklotError('resolver-failed', `The guard of the production names does not start: ${error.message}`, { fix: error.fix, cause: error.cause });
  }
}

/** Seeing who asks past the guard is worth a warning, and not the set. */
async function startWatch({ id }: ContainerSummary, { engine, signal, tell }: Starting): Promise<void> {
  try {
    await engine.startContainer(id, signal);
  } catch (error) {
    if (signal.aborted) return;
    tell({ type: 'message', level: 'warning', text: `Who asks other name servers past the guard is not seen: ${toFailure(error).message}` });
  }
}

async function assertAlive({ id }: ContainerSummary, { engine, signal }: Starting): Promise<void> {
  const container = await engine.inspectContainer(id, signal);
  if (container?.state === 'running' && container.restarts === 0) return;
  const last: string[] = [];
  if (container) for await (const chunks of engine.logs(id, { follow: false, tail: 3 }, signal)) last.push(...chunks.map(({ line }) => new TextDecoder().decode(line)));
  throw new BacklotError('resolver-failed', `The guard of the production names does not stay up${last.length > 0 ? `: ${last.join(' / ')}` : ''}`, {
    fix: `Programs of the set find no names of the outside world until it does. docker logs ${container?.name ?? id} tells more; names.guard: off does without it.`,
  });
}
