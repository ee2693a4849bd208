import { resolve } from 'node:path';
import { timeLimit } from '#core/time-limit.ts';
import { COMMANDS } from '../commands.ts';
import { complete, type Candidate, type Completion } from '../completion-candidates.ts';
import type { Context } from '../context.ts';

/** A person waits with a finger on the tab key: names that take longer are left out. */
const DEADLINE = 1500;

/** Prints what may stand in the place of the last word: one candidate a line, a tab, what it is. Never fails. */
export async function run(context: Context): Promise<number> {
  const words = context.given.command;
  const completion = complete(words, COMMANDS);
  const names = completion.wants.length > 0 ? await namesOf(completion, words.at(-1) ?? '', context) : [];
  await context.data.write([...completion.candidates, ...names].map(({ word, summary }) => `${word}\t${summary}\n`).join(''));
  return 0;
}

async function namesOf({ wants, project }: Completion, current: string, context: Context): Promise<Candidate[]> {
  try {
    const { backlot } = await context.openSession();
    const signal = AbortSignal.any([context.interrupts.signal, timeLimit(DEADLINE)]);
    const { directory } = await backlot.project.open({ directory: resolve(project ?? '.') }, signal);
    const { sets, services, fixtures, targets } = await backlot.project.load({ directory }, signal);
    const stored = wants.includes('fixtures') ? (await backlot.fixtures.list({ directory }, signal)).fixtures : [];
    const known = {
      sets: sets.map(({ name }) => ({ word: name, summary: 'set' })),
      services: services.map(({ name, image }) => ({ word: name, summary: image })),
      fixtures: [...new Set([...fixtures, ...stored.map(({ name }) => name)])].map((name) => ({ word: name, summary: 'fixture' })),
      targets: targets.map((name) => ({ word: name, summary: 'target' })),
    };
    return wants.flatMap((kind) => known[kind]).filter(({ word }) => word.startsWith(current));
  } catch {
    // No project, no engine or no time: the table's own words are all there is.
    return [];
  }
}
