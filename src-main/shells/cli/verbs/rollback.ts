import { flag, optional, text, type Given } from '../command.ts';
import type { Context } from '../context.ts';
import { printDocument } from '../print-json.ts';
import { runAction } from '../run-action.ts';
import { readTarget } from '../target.ts';
import { show } from '../views/candidates.ts';

/** Goes back to an earlier release, or with `--list` shows which there are. */
export async function run(context: Context): Promise<number> {
  const { command, given, globals, interrupts, data, dataScreen } = context;
  const session = await context.openSession();
  const { directory } = await readTarget(context, session);
  const place = { directory, target: given.operands[0] ?? '' };
  if (!flag(given, 'list')) {
    const start = (backlot: typeof session.backlot, _target: unknown, { asks = false }: Given, signal: AbortSignal) => backlot.releases.rollback({ ...place, asks, ...optional('to', text(given, 'to')), ...optional('reason', text(given, 'reason')) }, signal);
    return runAction(context, { ...command, kind: 'action', start, view: () => import('../views/released.ts') });
  }
  const document = await session.backlot.releases.candidates(place, interrupts.signal);
  if (globals.json) await printDocument(data, document, context);
  else await data.write(show(document, dataScreen));
  return 0;
}
