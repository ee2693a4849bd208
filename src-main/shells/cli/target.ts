import { resolve } from 'node:path';
import { BacklotError } from '#contract/errors.ts';
import { nearest } from '#core/nearest.ts';
import { subVerbs, text, type Target } from './command.ts';
import { COMMANDS } from './commands.ts';
import type { Context, Session } from './context.ts';

/** Finds the project and reads which environment the operands name. Without a project the folder is empty, where the verb can do without. */
export async function readTarget({ command, given, globals, interrupts }: Context, { backlot }: Session): Promise<Target> {
  const start = resolve(globals.project ?? '.');
  if (command.project === 'none') return { directory: start, services: [] };
  const directory = await findProject(backlot, start, command.project === 'optional' && !globals.project, interrupts.signal);
  switch (command.names) {
    case 'set':
    case 'set-and-services': {
      const [set, ...services] = given.operands;
      return { directory, ...(set !== undefined && { set }), services };
    }
    case 'service': {
      const set = text(given, 'set');
      return { directory, ...(set !== undefined && { set }), services: [...given.operands] };
    }
    case 'own':
      return { directory, services: [] };
    default:
      return command.names satisfies never;
  }
}

async function findProject(backlot: Session['backlot'], start: string, optional: boolean, signal: AbortSignal): Promise<string> {
  try {
    return (await backlot.project.open({ directory: start }, signal)).directory;
  } catch (error) {
    if (optional && error instanceof BacklotError && error.code === 'project-missing') return '';
    throw error;
  }
}

/**
 * Where the first operand is no set but a service, it is meant as one, of the default set: `logs api`.
 * Runs `work` again for that reading, and only after the first one was refused.
 */
export async function withEitherReading<Result>(
  { command, interrupts }: Context,
  { backlot }: Session,
  target: Target,
  work: (target: Target) => Promise<Result>,
): Promise<Result> {
  try {
    return await work(target);
  } catch (error) {
    if (!(error instanceof BacklotError) || error.code !== 'set-unknown' || target.set === undefined) throw error;
    if (command.names !== 'set-and-services') throw orFurtherWord(error, command.word, target.set);
    const { services } = await backlot.project.load({ directory: target.directory }, interrupts.signal);
    if (!services.some((service) => service.name === target.set)) throw orService(error, target.set, services.map(({ name }) => name));
    return work({ directory: target.directory, services: [target.set, ...target.services] });
  }
}

/** `names mises`: a word that is no set, where one like it would have made another verb. */
function orFurtherWord(error: BacklotError, word: string, name: string): BacklotError {
  const close = nearest(name, subVerbs(COMMANDS, word).map((verb) => verb.word.slice(word.length + 1)));
  if (close === undefined) return error;
  return new BacklotError('set-unknown', error.message, { fix: `Did you mean: backlot ${word} ${close}? ${error.fix ?? ''}`.trim() });
}

/** A name that is neither: where it is like a service's, that is offered. */
function orService(error: BacklotError, name: string, services: readonly string[]): BacklotError {
  const service = nearest(name, services);
  if (service === undefined || error.fix?.startsWith('Did you mean')) return error;
  return new BacklotError('set-unknown', `There is no set and no service ${JSON.stringify(name)}`, { fix: `Did you mean the service ${service}? ${error.fix ?? ''}`.trim() });
}
