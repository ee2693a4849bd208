import { number, optional, text, type Command, type Given, type Operand, type Option, type Target } from '../command.ts';

const TARGET: Operand = { label: 'TARGET', required: true, of: 'targets' };
const SOME_TARGET: Operand = { label: 'TARGET', of: 'targets' };
const FOR: Option = { name: 'target', summary: 'The target; default: the project’s first', value: { label: 'T', kind: 'text' } };
const TO: Option = { name: 'to', summary: 'The same as --target', value: { label: 'T', kind: 'text' } };

const at = ({ directory }: Target, { operands: [target = ''] }: Given) => ({ directory, target });

/** Verbs about what ships: evidence, promotion, targets and their releases. */
export const RELEASE_COMMANDS: readonly Command[] = [
  {
    word: 'evidence',
    kind: 'query',
    summary: 'What is known to have passed on an image, verified; exit 6 where evidence was tampered with',
    details: ['Without REF, of the image of the revision that is checked out.'],
    examples: ['backlot evidence', 'backlot evidence registry.example:5000/shop:production'],
    operands: [{ label: 'REF' }],
    options: [],
    names: 'own',
    project: 'needed',
    ask: (backlot, { directory }, { operands: [reference] }, signal) => backlot.releases.evidence({ directory, ...optional('reference', reference) }, signal),
    view: () => import('../views/evidence.ts'),
  },
  {
    word: 'promote',
    kind: 'action',
    summary: 'Push the tested image with its evidence, where the target’s gate lets it; exit 6 with every condition that does not hold',
    details: ['What is pushed is the very image that the stages passed on; nothing is built.', '--override promotes all the same: the reason is signed, recorded and told.'],
    examples: ['backlot promote --target staging'],
    operands: [],
    options: [FOR, TO, { name: 'override', summary: 'Promote although conditions do not hold, and why', value: { label: 'REASON', kind: 'text' } }],
    names: 'own',
    project: 'needed',
    start: (backlot, { directory }, given, signal) => backlot.releases.promote({ directory, ...optional('target', text(given, 'target') ?? text(given, 'to')), ...optional('override', text(given, 'override')) }, signal),
    view: () => import('../views/promoted.ts'),
  },
  {
    word: 'deploy',
    kind: 'action',
    summary: 'Release a promoted revision on a target, watch it, and roll it back by itself where it fails',
    details: ['Exit 1 where it failed or could not be judged; what failed was rolled back then.', 'Where it cannot be judged, a person at a terminal is asked: continue, roll back or abort. Nobody is asked with --yes, --no-input or CI=true: it stays.'],
    examples: ['backlot deploy staging', 'backlot deploy production --revision 3f2a91c'],
    operands: [TARGET],
    options: [
      { name: 'revision', summary: 'A revision that was promoted (the latest)', value: { label: 'SHA', kind: 'text' } },
      { name: 'only', summary: 'It changes only this: a way back over data is warned of', value: { label: 'WHAT', kind: 'text', choices: ['data', 'code'] } },
    ],
    names: 'own',
    project: 'needed',
    start: (backlot, target, given, signal) => backlot.releases.deploy({ ...at(target, given), asks: given.asks === true, ...optional('revision', text(given, 'revision')), ...optional('content', text(given, 'only') as 'data' | 'code' | undefined) }, signal),
    view: () => import('../views/released.ts'),
  },
  {
    word: 'rollback',
    kind: 'own',
    json: 'events',
    summary: 'Go back to an earlier release, the last good one by default',
    details: ['--list only shows what can be gone back to.'],
    examples: ['backlot rollback production', 'backlot rollback production --to 3f2a91c'],
    operands: [TARGET],
    options: [
      { name: 'to', summary: 'The revision to go back to', value: { label: 'SHA', kind: 'text' } },
      { name: 'list', summary: 'Show the candidates' },
      { name: 'reason', summary: 'Why, for the record', value: { label: 'REASON', kind: 'text' } },
    ],
    names: 'own',
    project: 'needed',
    verb: () => import('../verbs/rollback.ts'),
  },
  {
    word: 'releases',
    kind: 'query',
    summary: 'What was released, newest first',
    examples: ['backlot releases', 'backlot releases staging', 'backlot releases --path production'],
    operands: [SOME_TARGET],
    options: [{ name: 'path', summary: 'How far each revision is on its way to this target: tested, promoted, released', value: { label: 'TARGET', kind: 'text' } }],
    names: 'own',
    project: 'needed',
    ask: (backlot, { directory }, given, signal) => {
      const path = text(given, 'path');
      return path === undefined ? backlot.releases.list({ directory, ...optional('target', given.operands[0]) }, signal) : backlot.releases.revisions({ directory, target: path }, signal);
    },
    view: () => import('../views/releases.ts'),
  },
  {
    word: 'targets',
    kind: 'query',
    summary: 'The targets, and what runs on each since when',
    operands: [],
    options: [],
    names: 'own',
    project: 'needed',
    ask: (backlot, { directory }, _given, signal) => backlot.releases.targets({ directory }, signal),
    view: () => import('../views/targets.ts'),
  },
  {
    word: 'targets lock',
    kind: 'action',
    summary: 'Keep everybody from promoting and deploying to a target for a while',
    examples: ['backlot targets lock production --reason "database move" --for 2h'],
    operands: [TARGET],
    options: [
      { name: 'reason', summary: 'Why, as others are told', value: { label: 'REASON', kind: 'text' } },
      { name: 'for', summary: 'How long (1h)', value: { label: 'D', kind: 'seconds' } },
    ],
    names: 'own',
    project: 'needed',
    start: (backlot, target, given, signal) => backlot.releases.lock({ ...at(target, given), reason: text(given, 'reason') ?? 'locked by hand', ...optional('seconds', number(given, 'for')) }, signal),
    view: () => import('../views/target-locked.ts'),
  },
  {
    word: 'targets unlock',
    kind: 'action',
    summary: 'Give a target free again',
    operands: [TARGET],
    options: [],
    names: 'own',
    project: 'needed',
    start: (backlot, target, given, signal) => backlot.releases.unlock(at(target, given), signal),
    view: () => import('../views/target-locked.ts'),
  },
];
