import { nearest } from '#core/nearest.ts';
import type { Command, Given } from './command.ts';
import { choiceFix, quote, UsageError } from './usage.ts';

const CONFLICTS = [
  ['quiet', 'verbose'],
  ['host', 'context'],
  ['target', 'to'],
] as const;
/** Options that say what an operand would say. */
const INSTEAD_OF = { all: 'a set', path: 'a target' } as const;

/** Refuses what the verb's row does not allow. `furtherWords` are those that would have made it another verb. */
export function checkGiven(command: Command, given: Given, furtherWords: readonly string[] = []): void {
  checkFurtherWord(command, given, furtherWords);
  checkOperands(command, given);
  checkConflicts(given);
  checkOneOf(command, given);
}

/** `names wyh db`: with more operands than the verb takes, the first was meant as a further word. */
function checkFurtherWord({ word, operands: known }: Command, { operands }: Given, furtherWords: readonly string[]): void {
  const [first] = operands;
  if (first === undefined || operands.length <= known.length || known.some((operand) => operand.many)) return;
  const close = nearest(first, furtherWords);
  if (close) throw new UsageError(`There is no verb ${quote(`${word} ${first}`)}`, `Did you mean: backlot ${word} ${close}`);
}

function checkOneOf({ word, oneOf = [] }: Command, { options }: Given): void {
  const given = oneOf.filter((name) => options.has(name));
  const spelled = oneOf.map((name) => `--${name}`);
  if (oneOf.length > 0 && given.length === 0) throw new UsageError(`${word} needs ${spelled.join(' or ')}`, `See how it is used: backlot ${word} --help`);
  if (given.length > 1) throw new UsageError(`${spelled.join(' and ')} do not go together`, 'Leave one of them out');
}

function checkOperands({ word, operands: known, takesCommand }: Command, { operands, command }: Given): void {
  const fix = `See how it is used: backlot ${word} --help`;
  const missing = known[operands.length];
  if (missing?.required) throw new UsageError(`${word} needs ${missing.label}`, fix);
  const surplus = known.some((operand) => operand.many) ? undefined : operands[known.length];
  if (surplus !== undefined) throw new UsageError(`${word} does not take ${quote(surplus)}`, fix);
  for (const [index, { label, choices }] of known.entries()) {
    const given = operands[index];
    if (given !== undefined && choices && !choices.includes(given)) throw new UsageError(`${label} is ${quote(given)}`, choiceFix(given, choices));
  }
  if (takesCommand === 'needed' && command.length === 0) {
    throw new UsageError(`${word} needs a command`, `Write it as: backlot ${word} ${operands.join(' ')} -- CMD…`);
  }
}

function checkConflicts({ operands, options }: Given): void {
  for (const [left, right] of CONFLICTS) {
    if (options.has(left) && options.has(right)) throw new UsageError(`--${left} and --${right} do not go together`, 'Leave one of them out');
  }
  for (const [option, operand] of Object.entries(INSTEAD_OF)) {
    if (options.has(option) && operands.length > 0) throw new UsageError(`--${option} and ${operand} do not go together`, 'Leave one of them out');
  }
}
