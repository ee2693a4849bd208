import type { Declarations } from './declared-names.ts';
import type { Project } from './project.ts';

type DeclaredParts = Pick<Project, 'guard' | 'allow' | 'stages' | 'stageFiles' | 'build' | 'notify' | 'fixtures' | 'targets' | 'registry'>;

/** What a project has as its files say it, whichever services there are. The project's own file decides for its components too. */
export function declaredParts(declarations: Declarations, suffixes: readonly string[]): DeclaredParts {
  const [{ file: declared }] = declarations;
  return {
    // Without suffixes there is nothing to guard.
    guard: suffixes.length === 0 ? 'off' : (declared.names?.guard ?? 'block'),
    allow: [...new Set(declarations.flatMap(({ file }) => file.names?.allow ?? []))],
    stages: Object.keys(declared.stages ?? {}),
    stageFiles: declared.stages ?? {},
    ...(declared.build && { build: declared.build }),
    ...(declared.notify && { notify: declared.notify }),
    fixtures: Object.keys(declared.fixtures ?? {}),
    targets: Object.keys(declared.targets ?? {}),
    ...(declared.registry !== undefined && { registry: declared.registry }),
  };
}
