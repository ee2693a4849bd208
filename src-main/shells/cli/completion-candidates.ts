import type { Command, Option } from './command.ts';
import { GLOBAL_OPTIONS } from './globals.ts';

export type Candidate = { readonly word: string; readonly summary: string };

/** What the project can tell: asked for only where the table alone cannot answer. */
type Names = { readonly sets: readonly string[]; readonly services: readonly string[] };

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
  readonly operands: string[];
  readonly values: Map<string, string>;
  /** An option that waits for its value. */
  open: Option | undefined;
};

function readSoFar(words: readonly string[], commands: readonly Command[]): SoFar {
  const soFar: SoFar = { command: undefined, operands: [], values: new Map(), open: undefined };
  for (const word of words) {
    if (soFar.open) {
      soFar.values.set(soFar.open.name, word);
      soFar.open = undefined;
    } else if (word.startsWith('-')) {
      soFar.open = optionsOf(soFar.command).find(({ name, short, value }) => value && (word === `--${name}` || word === `-${short}`));
    } else if (soFar.command) soFar.operands.push(word);
    else soFar.command = commands.find((command) => command.word === word);
  }
  return soFar;
}

type Place = { readonly candidates: readonly Candidate[]; readonly wants?: readonly (keyof Names)[] };

function placeOf(current: string, { command, operands, open }: SoFar, commands: readonly Command[]): Place {
  if (open) return { candidates: (open.value?.choices ?? []).map(plain), wants: open.name === 'set' ? ['sets'] : [] };
  if (current.startsWith('-')) return { candidates: optionsOf(command).map(({ name, summary }) => ({ word: `--${name}`, summary })) };
  if (!command) return { candidates: commands.filter(({ hidden }) => !hidden).map(({ word, summary }) => ({ word, summary })) };
  const operand = command.operands[operands.length] ?? command.operands.findLast(({ many }) => many);
  if (!operand) return { candidates: [] };
  if (operand.choices) return { candidates: operand.choices.map(plain) };
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
