import { BacklotError } from '#contract/errors.ts';
import type { RunningProgram } from '#ports/data-programs.ts';
import type { Address, ServerPrograms } from '#ports/database.ts';
import type { ArchiveSource } from './scan-archive.ts';

const CONNECTION_LOST = /server selection|connection refused|no reachable servers/i;

/** What a server holds, as its own mongodump prints it. */
export function dumpedBy(address: Address): ArchiveSource {
  return {
    name: 'what mongodump reads of the server',
    async *read({ database, collection }, signal) {
      const only = [...(database === undefined ? [] : ['--db', database]), ...(collection === undefined ? [] : ['--collection', collection])];
      const stop = new AbortController();
      const program = start(address, ['mongodump', '--archive', ...only], AbortSignal.any([signal, stop.signal]));
      program.input.end();
      try {
        for await (const piece of program.output) yield piece as Uint8Array;
        await endOf(program, 'mongodump');
      } finally {
        stop.abort();
      }
    },
  };
}

/** Puts an archive into a server by its own mongorestore. Anything that is refused is a failure. Answers how many documents came in. */
export async function restoreInto(address: Address, archive: AsyncIterable<Uint8Array>, signal: AbortSignal): Promise<number> {
  const stop = new AbortController();
  const program = start(address, ['mongorestore', '--archive', '--stopOnError'], AbortSignal.any([signal, stop.signal]));
  program.output.resume();
  try {
    const gone = program.ended.then(() => true);
    for await (const piece of archive) {
      if (program.input.write(piece)) continue;
      if (await Promise.race([new Promise<false>((resolve) => program.input.once('drain', () => resolve(false))), gone])) break;
    }
    program.input.end();
    const errors = await endOf(program, 'mongorestore');
    const [, restored, failed] = /(\d+) document\(s\) restored successfully\. (\d+) document\(s\) failed/.exec(errors) ?? [];
    if (restored === undefined || failed !== '0') throw new BacklotError('database-failed', `mongorestore did not restore everything${failed === undefined ? '' : `: ${failed} documents failed`}`);
    return Number(restored);
  } finally {
    stop.abort();
  }
}

/** Runs a script in the server's own shell. Fails unless it comes to its end. */
export async function runScript(address: Address, script: string, signal: AbortSignal): Promise<void> {
  const shell = programsOf(address).start?.(['sh', '-c', 'shell=$(command -v mongosh || command -v mongo) && exec "$shell" --quiet --host 127.0.0.1'], signal);
  if (!shell) throw new BacklotError('database-failed', 'The programs of the server are not reached');
  shell.input.end(`${script}\nprint("all" + " done");\n`);
  const parts: Buffer[] = [];
  for await (const part of shell.output) parts.push(part as Buffer);
  await endOf(shell, 'the shell of MongoDB');
  if (!Buffer.concat(parts).includes('all done')) throw new BacklotError('database-failed', 'The shell of MongoDB did not do what it was told');
}

export function programsOf({ programs }: Address): ServerPrograms {
  if (!programs) throw new BacklotError('database-failed', 'The programs of the server are not reached');
  return programs;
}

function start(address: Address, [program = '', ...rest]: readonly string[], signal: AbortSignal): RunningProgram {
  const programs = programsOf(address);
  const started = programs.start?.([program, ...programs.connection, ...rest], signal);
  if (!started) throw new BacklotError('database-failed', 'The programs of the server are not reached');
  return started;
}

async function endOf({ ended }: RunningProgram, name: string): Promise<string> {
  const { exitCode, errors } = await ended;
  if (exitCode === 0) return errors;
  if (/no space left/i.test(errors)) throw new BacklotError('disk-full', 'The disk of the engine is full', { fix: 'Make room where the engine keeps its data: docker system df' });
  if (/E11000|duplicate key/i.test(errors)) throw new BacklotError('database-failed', 'A unique index refuses two documents with the same value: some rule makes them alike', { fix: 'Give the paths of unique indexes a rule that keeps them apart, such as pseudonym.' });
  const why = CONNECTION_LOST.test(errors) ? 'it does not reach the server' : (errors.trim().split('\n').at(-1)?.slice(0, 300) ?? '');
  throw new BacklotError('database-failed', `${name} ended with ${exitCode}: ${why}`);
}
