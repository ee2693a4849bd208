import type { Command } from './command.ts';
import { FIXTURE_COMMANDS } from './commands/fixtures.ts';
import { NAMES_COMMANDS } from './commands/names.ts';
import { PROJECT_COMMANDS } from './commands/project.ts';
import { RELEASE_COMMANDS } from './commands/releases.ts';
import { RUN_COMMANDS } from './commands/runs.ts';
import { STACK_COMMANDS } from './commands/stack.ts';
import { SYSTEM_COMMANDS } from './commands/system.ts';

/** Every verb, in the groups and the order that the help shows. */
export const GROUPS: readonly { readonly title: string; readonly commands: readonly Command[] }[] = [
  { title: 'Environments', commands: STACK_COMMANDS },
  { title: 'Stages', commands: RUN_COMMANDS },
  { title: 'Names', commands: NAMES_COMMANDS },
  { title: 'Fixtures', commands: FIXTURE_COMMANDS },
  { title: 'Releases', commands: RELEASE_COMMANDS },
  { title: 'Project', commands: PROJECT_COMMANDS },
  { title: 'Backlot', commands: SYSTEM_COMMANDS },
];

/** The table of the command line: help, completion, the reference and what runs all come from it. */
export const COMMANDS: readonly Command[] = GROUPS.flatMap((group) => group.commands);
