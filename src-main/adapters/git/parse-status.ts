export type Changed = { readonly path: string; readonly submodule: boolean };

/** The paths of `git status --porcelain=v2 -z` without renames, in an order that does not depend on the index. Pure. */
export function parseStatus(text: string): Changed[] {
  const changed = text.split('\0').flatMap((line): Changed[] => {
    switch (line[0]) {
      case '1':
        return [{ path: after(line, 8), submodule: line[5] === 'S' }];
      case 'u':
        return [{ path: after(line, 10), submodule: line[5] === 'S' }];
      case '?':
        return [{ path: line.slice(2), submodule: line.endsWith('/') }];
      default:
        return [];
    }
  });
  return changed.sort((one, other) => (one.path < other.path ? -1 : 1));
}

/** The branch that `--branch` tells of before the paths; nothing where none is checked out. */
export function branchIn(text: string): string | undefined {
  const name = /(?:^|\0)# branch\.head ([^\0]+)/.exec(text)?.[1];
  return name === '(detached)' ? undefined : name;
}

/** The commit that `--branch` tells of; nothing where there is none yet. */
export const commitIn = (text: string): string | undefined => /(?:^|\0)# branch\.oid ([0-9a-f]+)/.exec(text)?.[1];

/** What follows so many fields, spaces and all. */
function after(line: string, fields: number): string {
  let at = 0;
  for (let field = 0; field < fields; field++) at = line.indexOf(' ', at) + 1;
  return line.slice(at);
}
