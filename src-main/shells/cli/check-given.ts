import type { Command, Given } from './command.ts';
import { quote, UsageError } from './usage.ts';

const CONFLICTS = [
  ['quiet', 'verbose'],
  ['host', 'context'],
] as const;

/** Refuses what the verb's row does not allow. */
export function checkGiven(command: Command, given: Given): void {
  checkOperands(command, given);
  checkConflicts(given);
}

function checkOperands({ word, operands: known, takesCommand }: Command, { operands, command }: Given): void {
  const fix = `See how it is used: backlot ${word} --help`;
  const missing = known[operands.length];
  if (missing?.required) throw new UsageError(`${word} needs ${missing.label}`, fix);
  const surplus = known.some((operand) => operand.many) ? undefined : operands[known.length];
  if (surplus !== undefined) throw new UsageError(`${word} does not take ${quote(surplus)}`, fix);
  for (const [index, { label, choices }] of known.entries()) {
    const given = operands[index];
    if (given !== undefined && choices && !choices.includes(given)) throw new UsageError(`${label} is ${quote(given)}`, `Choose one of: ${choices.join(', ')}`);
  }
  if (takesCommand === 'needed' && command.length === 0) {
    throw new UsageError(`${word} needs a command`, `Write it as: backlot ${word} ${operands.join(' ')} -- CMD…`);
  }
}

function checkConflicts({ operands, options }: Given): void {
  for (const [left, right] of CONFLICTS) {
    if (options.has(left) && options.has(right)) throw new UsageError(`--${left} and --${right} do not go together`, 'Leave one of them out');
  }
  if (options.has('all') && operands.length > 0) throw new UsageError('--all and a set do not go together', 'Leave one of them out');
}
