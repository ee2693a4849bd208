import { flag, type Command, type Operand } from '../command.ts';

const SET: Operand = { label: 'SET' };

/** Verbs about the project itself. */
export const PROJECT_COMMANDS: readonly Command[] = [
  {
    word: 'init',
    kind: 'action',
    summary: 'Write backlot.yaml beside an existing Compose file',
    operands: [],
    options: [{ name: 'force', summary: 'Replace the backlot.yaml that is there' }],
    names: 'own',
    project: 'none',
    start: (backlot, { directory }, given, signal) => backlot.project.init({ directory, force: flag(given, 'force') }, signal),
    view: () => import('../views/init.ts'),
  },
  {
    word: 'config',
    kind: 'query',
    summary: 'The project as it is understood: sets, services, names',
    operands: [SET],
    options: [],
    names: 'set',
    project: 'needed',
    ask: async (backlot, { directory, set }, _given, signal) => (await import('../only-set.ts')).onlySet(await backlot.project.load({ directory }, signal), set),
    view: () => import('../views/config.ts'),
  },
];
