import { subVerbs, type Command, type Option } from './command.ts';
import { GLOBAL_OPTIONS } from './globals.ts';

export type Candidate = { readonly word: string; readonly summary: string };

/** What the project can tell: asked for only where the table alone cannot answer. */
type Names = { readonly sets: readonly string[]; readonly services: readonly string[]; readonly fixtures: readonly string[]; readonly targets: readonly string[] };

export type Completion = {
  readonly candidates: readonly Candidate[];
  /** Names of the project that fit here too. */
  readonly wants: readonly (keyof Names)[];
  /** The folder that the words so far name with -C. */
  readonly project?: string;
};

/** What may stand in the place of the last word, by the table. The last word may be empty or half written. */
export function complete(words: readonly string[], commands: readonly Command[]): Completion {
  const soFar = readSoFar(words.slice(0, -1), commands);
  const current = words.at(-1) ?? '';
  const project = soFar.values.get('project');
  const place = placeOf(current, soFar, commands);
  const candidates = place.candidates.filter((candidate) => candidate.word.startsWith(current));
  return { candidates, wants: place.wants ?? [], ...(project !== undefined && { project }) };
}

type SoFar = {
  command: Command | undefined;
  /** The first word of verbs of two words, where it is no verb itself. */
  family: string | undefined;
  readonly operands: string[];
  readonly values: Map<string, string>;
  /** An option that waits for its value. */
  open: Option | undefined;
};

function readSoFar(words: readonly string[], commands: readonly Command[]): SoFar {
  const soFar: SoFar = { command: undefined, family: undefined, operands: [], values: new Map(), open: undefined };
  for (const word of words) {
    if (soFar.open) {
      soFar.values.set(soFar.open.name, word);
      soFar.open = undefined;
    } else if (word.startsWith('-')) {
      soFar.open = optionsOf(soFar.command).find(({ name, short, value }) => value && (word === `--${name}` || word === `-${short}`));
    } else readWord(soFar, word, commands);
  }
  return soFar;
}

function readWord(soFar: SoFar, word: string, commands: readonly Command[]): void {
  const before = soFar.command?.word ?? soFar.family;
  const longer = soFar.operands.length === 0 ? commands.find((command) => command.word === (before === undefined ? word : `${before} ${word}`)) : undefined;
  if (longer) soFar.command = longer;
  else if (soFar.command) soFar.operands.push(word);
  else soFar.family = word;
}

type Place = { readonly candidates: readonly Candidate[]; readonly wants?: readonly (keyof Names)[] };

function placeOf(current: string, { command, family, operands, open }: SoFar, commands: readonly Command[]): Place {
  if (open) return { candidates: (open.value?.choices ?? []).map(plain), wants: namesFor(open) };
  if (current.startsWith('-')) return { candidates: optionsOf(command).map(({ name, summary }) => ({ word: `--${name}`, summary })) };
  if (!command) return { candidates: family === undefined ? firstWords(commands) : furtherWords(family, commands) };
  const further = operands.length === 0 ? furtherWords(command.word, commands) : [];
  const place = operandPlace(command, operands);
  return { ...place, candidates: [...further, ...place.candidates] };
}

function namesFor({ name, value }: Option): Place['wants'] & object {
  if (name === 'fixture') return ['fixtures'];
  if (name === 'target') return ['targets'];
  return name === 'set' ? ['sets'] : value?.label === 'SERVICE' ? ['services'] : [];
}

/** Every verb by its first word, once. */
function firstWords(commands: readonly Command[]): Candidate[] {
  const shown = commands.filter(({ hidden }) => !hidden);
  return shown
    .map(({ word, summary }) => ({ word: word.split(' ')[0] ?? word, summary }))
    .filter(({ word }, index, all) => all.findIndex((other) => other.word === word) === index);
}

function furtherWords(word: string, commands: readonly Command[]): Candidate[] {
  return subVerbs(commands, word).map((command) => ({ word: command.word.slice(word.length + 1), summary: command.summary }));
}

function operandPlace(command: Command, operands: readonly string[]): Place {
  const operand = command.operands[operands.length] ?? command.operands.findLast(({ many }) => many);
  if (!operand) return { candidates: [] };
  if (operand.choices) return { candidates: operand.choices.map(plain) };
  if (operand.of) return { candidates: [], wants: [operand.of] };
  if (operand.label === 'SERVICE') return { candidates: [], wants: ['services'] };
  if (operand.label !== 'SET') return { candidates: [] };
  return { candidates: [], wants: command.names === 'set-and-services' ? ['sets', 'services'] : ['sets'] };
}

function optionsOf(command: Command | undefined): readonly Option[] {
  return [...(command?.options ?? []), ...GLOBAL_OPTIONS];
}

function plain(word: string): Candidate {
  return { word, summary: '' };
}
