import { flag, number, optional, text, type Command, type Operand, type Option, type Target } from '../command.ts';

const SET: Operand = { label: 'SET' };
const SERVICES: Operand = { label: 'SERVICE', many: true };
const SERVICE: Operand = { label: 'SERVICE', required: true };
const SET_OPTION: Option = { name: 'set', summary: 'The set that the service runs in', value: { label: 'SET', kind: 'text' } };
const TIMEOUT: Option = { name: 'timeout', summary: 'How long to wait until everything is ready (300)', value: { label: 'S', kind: 'seconds' } };
const FIXTURE: Option = { name: 'fixture', summary: 'What data services without data come up with; default: the set’s own', value: { label: 'NAME', kind: 'text' } };

const environment = ({ directory, set }: Target) => ({ directory, ...optional('set', set) });


/** Verbs about environments: what is up, and bringing it up and down. */
export const STACK_COMMANDS: readonly Command[] = [
  {
    word: 'up',
    kind: 'action',
    summary: 'Bring a set up and wait until every service is ready',
    examples: ['backlot up', 'backlot up minimal api --timeout 2m'],
    operands: [SET, SERVICES],
    options: [TIMEOUT, { name: 'build', summary: 'Build images again first' }, { name: 'remap-ports', summary: 'Give services whose host ports are taken free ones, and remember them' }, FIXTURE],
    names: 'set-and-services',
    project: 'needed',
    start: (backlot, target, given, signal) =>
      backlot.stack.up(
        { ...environment(target), services: target.services, build: flag(given, 'build'), remap: flag(given, 'remap-ports'), ...optional('fixture', text(given, 'fixture')), ...optional('timeout', number(given, 'timeout')) },
        signal,
      ),
    view: () => import('../views/up.ts'),
  },
  {
    word: 'down',
    kind: 'action',
    summary: 'Stop and remove containers and networks; never data',
    operands: [SET, SERVICES],
    options: [
      { name: 'all', summary: 'Every set of the project' },
      { name: 'timeout', summary: 'Grace before a container is killed; default: its own', value: { label: 'S', kind: 'seconds', orZero: true } },
    ],
    names: 'set-and-services',
    project: 'needed',
    start: (backlot, target, given, signal) =>
      backlot.stack.down(
        { ...environment(target), services: target.services, all: flag(given, 'all'), ...optional('timeout', number(given, 'timeout')) },
        signal,
      ),
    view: () => import('../views/down.ts'),
  },
  {
    word: 'restart',
    kind: 'action',
    summary: 'Restart services in dependency order',
    operands: [SET, SERVICES],
    options: [TIMEOUT],
    names: 'set-and-services',
    project: 'needed',
    start: (backlot, target, given, signal) =>
      backlot.stack.restart({ ...environment(target), services: target.services, ...optional('timeout', number(given, 'timeout')) }, signal),
    view: () => import('../views/up.ts'),
  },
  {
    word: 'ps',
    kind: 'query',
    summary: 'What is up, and why what is not ready is not',
    operands: [SET],
    options: [],
    names: 'set',
    project: 'needed',
    ask: (backlot, target, _given, signal) => backlot.stack.status(environment(target), signal),
    view: () => import('../views/ps.ts'),
  },
  {
    word: 'plan',
    kind: 'query',
    summary: 'What up would create, recreate, start and remove, and why',
    operands: [SET, SERVICES],
    options: [],
    names: 'set-and-services',
    project: 'needed',
    ask: (backlot, target, _given, signal) => backlot.stack.plan({ ...environment(target), services: target.services }, signal),
    view: () => import('../views/plan.ts'),
  },
  {
    word: 'logs',
    kind: 'own',
    json: 'events',
    summary: 'Logs of all services, merged by time',
    examples: ['backlot logs -f', 'backlot logs minimal api --since 10m --filter /error|warn/'],
    operands: [SET, SERVICES],
    options: [
      { name: 'follow', short: 'f', summary: 'Go on with what comes' },
      { name: 'since', summary: 'From this time (RFC 3339), or so long ago (10m)', value: { label: 'D', kind: 'text' } },
      { name: 'tail', short: 'n', summary: 'The last lines of each service', value: { label: 'N', kind: 'count' } },
      { name: 'filter', summary: 'Lines with this text, or matching /this pattern/', value: { label: 'EXPR', kind: 'text' } },
      { name: 'timestamps', short: 't', summary: 'Begin each line with its time' },
    ],
    names: 'set-and-services',
    project: 'needed',
    verb: () => import('../verbs/logs.ts'),
  },
  {
    word: 'stats',
    kind: 'own',
    json: 'document',
    summary: 'CPU, memory, network and block I/O of each service',
    operands: [SET],
    options: [{ name: 'follow', short: 'f', summary: 'Go on until interrupted' }],
    names: 'set',
    project: 'needed',
    verb: () => import('../verbs/stats.ts'),
  },
  {
    word: 'env',
    kind: 'query',
    summary: 'Connection variables for a process on this machine',
    examples: ['eval "$(backlot env --format shell)"', 'backlot env minimal > .env'],
    operands: [SET],
    options: [
      { name: 'format', summary: 'dotenv (default), json or shell', value: { label: 'FORMAT', kind: 'text', choices: ['dotenv', 'json', 'shell'] } },
    ],
    names: 'set',
    project: 'needed',
    ask: (backlot, target, _given, signal) => backlot.stack.env(environment(target), signal),
    view: () => import('../views/env.ts'),
  },
  {
    word: 'exec',
    kind: 'own',
    json: 'none',
    summary: 'Run a command inside a service; the exit code is the command’s',
    examples: ['backlot exec db -- psql -U postgres', 'backlot exec --set minimal api -- env'],
    operands: [SERVICE],
    options: [SET_OPTION, { name: 'no-tty', short: 'T', summary: 'Without a terminal, also where there is one' }],
    names: 'service',
    takesCommand: 'needed',
    project: 'needed',
    verb: () => import('../verbs/exec.ts'),
  },
  {
    word: 'shell',
    kind: 'own',
    json: 'none',
    summary: 'A shell inside a service',
    operands: [SERVICE],
    options: [SET_OPTION],
    names: 'service',
    project: 'needed',
    verb: () => import('../verbs/exec.ts'),
  },
];
