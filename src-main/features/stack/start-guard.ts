import { BacklotError, toFailure } from '#contract/errors.ts';
import type { Work } from '#core/work.ts';
import { LABELS, type ContainerEngine, type ContainerSummary } from '#ports/container-engine.ts';
import { GUARD_ROLE, isOfGuard } from './guard.ts';

type Starting = { readonly engine: ContainerEngine } & Work;

/** Starts what helps a set with its names, before anything that asks for names. Answers a check, for later, that it stayed alive. */
export async function startGuard(containers: readonly ContainerSummary[], task: Starting): Promise<() => Promise<void>> {
  const parts = containers.filter(isOfGuard);
  const names = parts.find(({ labels }) => labels[LABELS.role] === GUARD_ROLE.names);
  const resting = parts.filter(({ state }) => state !== 'running');
  if (!names || resting.length === 0) return async () => {};
  const watching = Promise.all(resting.filter((part) => part !== names).map((part) => startWatch(part, task)));
  if (resting.includes(names)) await startNames(names, task);
  return async () => {
    await watching;
    await assertAlive(names, task);
  };
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
