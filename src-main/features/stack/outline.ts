import { unknownSet } from './environment.ts';

/** What `backlot.yaml` alone says, without Compose: enough to look at and take down what is up. */
export type Outline = { readonly name: string; readonly directory: string; readonly sets: readonly string[]; readonly defaultSet: string };

export type LoadOutline = (directory: string, signal: AbortSignal) => Promise<Outline>;

/** The set that a verb means; one that is neither declared nor up is refused with the nearest. */
export function setOf(outline: Outline, name: string | undefined, alsoUp: readonly string[] = []): string {
  const known = [...new Set([...outline.sets, ...alsoUp])];
  if (name !== undefined && !known.includes(name)) throw unknownSet(name, known);
  return name ?? outline.defaultSet;
}
