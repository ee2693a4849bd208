import { createHash } from 'node:crypto';
import type { StageInputs } from '#contract/runs.ts';

/** What differs in every run and so is no input. */
const NO_INPUTS = new Set(['BACKLOT_RUN']);

export type InputParts = Omit<StageInputs, 'hash' | 'environment'> & { readonly variables: Readonly<Record<string, string>> };

/** The inputs of a stage with their hash. Values of variables are told by their hashes only. Pure. */
export function inputsOf({ variables, engine, ...parts }: InputParts): StageInputs {
  const environment = Object.fromEntries(
    Object.entries(variables)
      .filter(([name]) => !NO_INPUTS.has(name))
      .sort(([one], [other]) => (one < other ? -1 : 1))
      .map(([name, value]) => [name, hash(`${name}=${value}`).slice(0, 16)]),
  );
  const services = Object.fromEntries(Object.entries(parts.services).sort(([one], [other]) => (one < other ? -1 : 1)));
  const { image: _name, ...decisive } = parts;
  return { ...parts, environment, services, hash: hash(JSON.stringify({ ...decisive, environment, services })), ...(engine !== undefined && { engine }) };
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
