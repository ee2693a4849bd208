import { toFailure } from '#contract/errors.ts';
import type { Release, TargetView } from '#contract/releases.ts';
import type { ImageRegistry } from '#ports/image-registry.ts';
import { readDeclared, repositoryOf, targetOf, type Declared, type DeclaredPorts, type TargetFile } from './declared.ts';
import { readingKeys, type KeyPorts, type ReadingKeys } from './evidence/evidence-keys.ts';
import { nameOf } from './gate.ts';
import type { WorkedOnPorts } from './hold-target.ts';
import { readLock } from './target-lock.ts';
import { isLeftOver, tellInterrupted } from './tell-interrupted.ts';
import { readHistory, readPromotions, readReleases } from './target-records.ts';

type ListPorts = DeclaredPorts & KeyPorts & WorkedOnPorts & { readonly registry: ImageRegistry };

/** Every target with what is released there. One whose registry does not answer says so, and the others are shown. */
export async function listTargets(directory: string, ports: ListPorts, signal: AbortSignal): Promise<TargetView[]> {
  const declared = await readDeclared(directory, ports);
  const keys = await readingKeys(declared, ports);
  return Promise.all(Object.entries(declared.targets).map(([name, target]) => viewTarget({ declared, name, target, keys }, ports, signal)));
}

async function viewTarget({ declared, name, target, keys }: { readonly declared: Declared; readonly name: string; readonly target: TargetFile; readonly keys: ReadingKeys }, ports: ListPorts, signal: AbortSignal): Promise<TargetView> {
  const place = repositoryOf(declared, target);
  const kind = (Object.keys(target.deploy ?? {})[0] ?? 'none') as TargetView['kind'];
  const view = { name, kind, requires: (target.requires ?? []).map(nameOf), repository: place, ...(target.platform !== undefined && { platform: target.platform }) };
  try {
    const repository = ports.registry.repository(place);
    const at = { repository, name, declared, keys };
    const [releases, [promoted], lock] = await Promise.all([tellInterrupted(at, () => readReleases(at, signal), ports, signal), readPromotions(at, signal), readLock(repository, name, signal)]);
    const current = currentOf(releases);
    const interrupted = releases.find(isLeftOver);
    return { ...view, ...(current && { current }), ...(promoted && { promoted: { revision: promoted.revision, digest: promoted.digest, who: promoted.who, time: promoted.time } }), ...(lock && { lock }), ...(interrupted && { interrupted: { release: interrupted.release, revision: interrupted.revision, who: interrupted.who, started: interrupted.started } }) };
  } catch (error) {
    if (signal.aborted) throw error;
    return { ...view, problem: toFailure(error).message };
  }
}

/** What serves: what the latest release says that knows. */
export function currentOf(releases: readonly Release[]): Release | undefined {
  const latest = sinceRemoved(releases).find(({ serves, state, rolledBack }) => serves !== undefined || ((state === 'pass' || state === 'inconclusive') && !rolledBack));
  return latest?.serves === undefined ? latest : releases.find(({ release }) => release === latest.serves);
}

/** What a deployment that fails goes back to: what serves, unless that is known to be bad or was never seen to be good. */
export function goodBefore(releases: readonly Release[]): Release | undefined {
  const current = currentOf(releases);
  const isGood = ({ state, faulty, rolledBack }: Release) => (state === 'pass' || state === 'inconclusive') && !faulty && !rolledBack;
  return current && isGood(current) ? current : sinceRemoved(releases).find(isGood);
}

/** What was released before everything was taken away serves no more. */
function sinceRemoved(releases: readonly Release[]): readonly Release[] {
  const last = releases.findIndex(({ removed }) => removed === true);
  return last === -1 ? releases : releases.slice(0, last);
}

/** Releases of one target, or of all, newest first. */
export async function listReleases({ directory, target }: { readonly directory: string; readonly target?: string | undefined }, ports: ListPorts, signal: AbortSignal): Promise<Release[]> {
  const declared = await readDeclared(directory, ports);
  const chosen = target === undefined ? Object.entries(declared.targets) : [[target, targetOf(declared, target).target] as const];
  const keys = await readingKeys(declared, ports);
  const lists = await Promise.all(
    chosen.map(([name, one]) => {
      const at = { repository: ports.registry.repository(repositoryOf(declared, one)), name, declared, keys };
      return tellInterrupted(at, async () => (await readHistory(at, signal)).releases, ports, signal);
    }),
  );
  return lists.flat().sort((one, other) => Date.parse(other.started) - Date.parse(one.started));
}
