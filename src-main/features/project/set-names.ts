import type { ProjectFile } from './project-schema.ts';

/** The set of a file that declares none: everything that Compose itself would start. */
const IMPLICIT_SET = 'minimal';

/** The sets that a project file has, and the one that a verb means when it names none: `minimal`, else the first. */
export function setNamesOf({ sets }: Pick<ProjectFile, 'sets'>): { readonly names: readonly string[]; readonly defaultSet: string } {
  const declared = Object.keys(sets ?? {});
  const names = declared.length > 0 ? declared : [IMPLICIT_SET];
  return { names, defaultSet: names.includes(IMPLICIT_SET) ? IMPLICIT_SET : (names[0] ?? IMPLICIT_SET) };
}
