import type { Release } from '#contract/releases.ts';
import type { Aim } from './look.ts';

/** Releases that stay available where the project does not say. */
const KEEP = 5;

/** The tags by which a registry's own tidying leaves the images of a target's last releases alone. */
const slotTag = (target: string, slot: number) => `backlot-keep-${target}-${slot}`;

/** Has a tag on each image of the last good releases, what serves among them. Tags are used again: a registry seldom lets one be removed. */
export async function keepImages({ repository, name, target }: Pick<Aim, 'repository' | 'name' | 'target'>, releases: readonly Release[], signal: AbortSignal): Promise<void> {
  const keep = target.keep ?? KEEP;
  const wanted = lastGood(releases, keep);
  const slots = await Promise.all(Array.from({ length: keep }, async (_, slot) => ({ tag: slotTag(name, slot), digest: (await repository.findManifest(slotTag(name, slot), signal))?.digest })));
  const held = new Set(slots.map(({ digest }) => digest));
  const free = slots.filter(({ digest }, index) => digest === undefined || !wanted.includes(digest) || slots.findIndex((one) => one.digest === digest) < index);
  for (const digest of wanted.filter((one) => !held.has(one))) {
    const manifest = await repository.readManifest(digest, signal);
    const slot = free.shift();
    if (manifest && slot) await repository.writeManifest(slot.tag, { mediaType: manifest.descriptor.mediaType, bytes: manifest.bytes }, signal);
  }
}

/** Digests of the latest releases that one might go back to, without repetition. Pure. */
export function lastGood(releases: readonly Release[], keep: number): string[] {
  const good = releases.filter(({ state, faulty }) => (state === 'pass' || state === 'inconclusive') && !faulty);
  return [...new Set(good.map(({ digest }) => digest))].slice(0, keep);
}
