import { createHash } from 'node:crypto';
import type { StageInputs } from '#contract/runs.ts';

/** What differs in every run and so is no input. */
const NO_INPUTS = new Set(['BACKLOT_RUN']);

/** What differs with every revision: where the stage says which files its outcome depends on, those count in its place. */
const OF_REVISION = 'BACKLOT_REVISION';

export type InputParts = Omit<StageInputs, 'hash' | 'environment'> & { readonly variables: Readonly<Record<string, string>>; /** Its image is made of the revision. */ readonly isBuilt?: boolean };

/** The inputs of a stage with their hash. Values of variables are told by their hashes only. Pure. */
export function inputsOf({ variables, engine, isBuilt = false, ...parts }: InputParts): StageInputs {
  const environment = Object.fromEntries(
    Object.entries(variables)
      .filter(([name]) => !NO_INPUTS.has(name))
      .sort(([one], [other]) => (one < other ? -1 : 1))
      .map(([name, value]) => [name, hash(`${name}=${value}`).slice(0, 16)]),
  );
  const services = Object.fromEntries(Object.entries(parts.services).sort(([one], [other]) => (one < other ? -1 : 1)));
  const { image: _name, digest, ...decisive } = parts;
  const image = parts.files !== undefined && isBuilt ? {} : { digest };
  const { [OF_REVISION]: _revision, ...others } = environment;
  const counting = parts.files === undefined ? environment : others;
  return { ...parts, environment, services, hash: hash(JSON.stringify({ ...decisive, ...image, environment: counting, services })), ...(engine !== undefined && { engine }) };
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
