import type { ComposeSource } from './read-sources.ts';

/** Names of the variables that Compose fills in in these files: `$NAME`, `${NAME…}`, also inside the default of another; `$$` is a dollar sign. */
export function mentionedVariables(sources: readonly ComposeSource[]): Set<string> {
  const names = sources.flatMap(({ text }) => [...text.matchAll(/\$\$|\$\{?([A-Za-z_]\w*)/g)].flatMap(([, name]) => (name === undefined ? [] : [name])));
  return new Set(names);
}
