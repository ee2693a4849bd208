import type { Artifact } from '#contract/runs.ts';

const PICTURES: Readonly<Record<string, string>> = { png: 'image/png', jpg: 'image/jpeg', jpeg: 'image/jpeg', gif: 'image/gif', webp: 'image/webp', avif: 'image/avif', bmp: 'image/bmp', svg: 'image/svg+xml' };
const TEXTS: readonly string[] = ['txt', 'log', 'json', 'ndjson', 'xml', 'html', 'htm', 'md', 'csv', 'yaml', 'yml', 'tap', 'har', 'js', 'ts', 'css', 'out', 'err'];
/** What one look at an artifact takes, as the contract has it. */
const MOST_SHOWN = 8 * 1024 ** 2;

export type Kind = 'picture' | 'text' | 'other';

/** How an artifact can be looked at in place. */
export function kindOf({ path, bytes }: Pick<Artifact, 'path' | 'bytes'>): Kind {
  if (bytes > MOST_SHOWN) return 'other';
  const ending = endingOf(path);
  return ending in PICTURES ? 'picture' : TEXTS.includes(ending) ? 'text' : 'other';
}

/** The type that a browser draws a picture by. */
export function pictureType(path: string): string {
  return PICTURES[endingOf(path)] ?? 'application/octet-stream';
}

export const nameOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1);

/** Pictures that show what was on the screen when something failed come before others. */
export function picturesFirst<Item extends Pick<Artifact, 'path' | 'bytes'>>(artifacts: readonly Item[]): { readonly pictures: readonly Item[]; readonly others: readonly Item[] } {
  return { pictures: artifacts.filter((artifact) => kindOf(artifact) === 'picture'), others: artifacts.filter((artifact) => kindOf(artifact) !== 'picture') };
}

function endingOf(path: string): string {
  const name = nameOf(path);
  return name.includes('.') ? name.slice(name.lastIndexOf('.') + 1).toLowerCase() : '';
}
