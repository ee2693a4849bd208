/** The names that a name with stars and question marks means. Pure. */
export function filePattern(name: string): RegExp {
  return new RegExp(`^${name.replaceAll(/[.+^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*').replaceAll('?', '.')}$`);
}

export const isFilePattern = (name: string): boolean => /[*?]/.test(name);
