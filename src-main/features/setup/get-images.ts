import { BacklotError } from '#contract/errors.ts';
import type { HostFacts, HostSystem, ImageRecipe } from '#ports/host-system.ts';
import { BASE } from './image-recipes.ts';

export type ImagesInput = { readonly missing: readonly ImageRecipe[]; readonly facts: HostFacts; readonly mayInstall: boolean };
export type ImagesPorts = { readonly host: HostSystem; readonly tell: (line: string) => void };

/** Packages without which no base image can be made. */
const BASE_TOOLS = ['debootstrap', 'debian-archive-keyring'];
/** Builds wait for the network as much as for the processor. */
const BUILDS_AT_ONCE = 3;

/** Has every image pulled, or, where no registry gives it, made here under the same name. */
export async function getImages({ missing, facts, mayInstall }: ImagesInput, ports: ImagesPorts, signal: AbortSignal): Promise<void> {
  const left = [...(await pullWhatComes(missing.filter(({ own }) => !own), ports, signal)), ...missing.filter(({ own }) => own)];
  if (left.length === 0) return;
  if (left.includes(BASE)) {
    assertBaseIsOurs(left, facts, mayInstall);
    if (!facts.debootstrap) await installBaseTools(ports, signal);
    ports.tell(`make ${BASE.name}`);
    await ports.host.buildBase(BASE, signal);
  }
  await buildAll(left.filter((recipe) => recipe !== BASE), ports, signal);
}

/** One registry that does not answer is asked once, not once per image. */
async function pullWhatComes(missing: readonly ImageRecipe[], { host, tell }: ImagesPorts, signal: AbortSignal): Promise<readonly ImageRecipe[]> {
  for (const [index, recipe] of missing.entries()) {
    tell(`pull ${recipe.name}`);
    if (await host.pullImage(recipe.name, signal)) continue;
    const left = missing.slice(index);
    tell(`no registry gives ${recipe.name}: ${left.map(({ name }) => name).join(', ')} will be made here from Debian's packages`);
    return left;
  }
  return [];
}

function assertBaseIsOurs(left: readonly ImageRecipe[], { release, root, debootstrap }: HostFacts, mayInstall: boolean): void {
  const names = left.map(({ name }) => name).join(', ');
  const fix = `Reach a registry that has them (docker pull ${left[0]?.name ?? ''}), then try again.`;
  if (release.family === 'other' || !root) {
    throw new BacklotError('image-missing', `No registry gives ${names}, and only root on Debian or Ubuntu can make them`, { fix });
  }
  if (!debootstrap && !mayInstall) {
    throw new BacklotError('engine-unreachable', `No registry gives ${names}, and the tools to make them are not installed because BACKLOT_NO_INSTALL is set`, {
      fix: `Run this, then try again:\n  apt-get install -y --no-install-recommends ${BASE_TOOLS.join(' ')}`,
    });
  }
}

async function installBaseTools({ host, tell }: ImagesPorts, signal: AbortSignal): Promise<void> {
  tell(`install ${BASE_TOOLS.join(', ')} (to make the base image)`);
  await host.installPackages(BASE_TOOLS, signal);
}

async function buildAll(left: readonly ImageRecipe[], { host, tell }: ImagesPorts, signal: AbortSignal): Promise<void> {
  const queue = [...left];
  const failure = new AbortController();
  const either = AbortSignal.any([signal, failure.signal]);
  const worker = async () => {
    for (let recipe = queue.shift(); recipe; recipe = queue.shift()) {
      tell(`make ${recipe.name}`);
      await host.buildImage(recipe, either);
    }
  };
  // The first failure ends the other builds and is the one that is told.
  const workers = Array.from({ length: BUILDS_AT_ONCE }, () => worker().catch((error: unknown) => failure.abort(error)));
  await Promise.all(workers);
  signal.throwIfAborted();
  failure.signal.throwIfAborted();
}
