import type { HostNames } from '#contract/names.ts';
import { agrees } from '../ask.ts';
import type { Context } from '../context.ts';
import { runAction } from '../run-action.ts';
import { readTarget } from '../target.ts';
import { showChanges } from '../views/names-host.ts';

/** Shows what `names install`, or `names uninstall`, will change on this machine, asks, and does it. */
export async function run(context: Context): Promise<number> {
  const { command, globals, messages, messagesScreen, interrupts } = context;
  const installs = command.word === 'names install';
  const session = await context.openSession();
  const { directory } = await readTarget(context, session);
  if (!globals.json && !globals.yes) {
    const changes = changesOf(await session.backlot.names.host({ directory }, interrupts.signal), installs);
    if (changes.length > 0 && !globals.quiet) await messages.write(showChanges(changes, messagesScreen));
    if (changes.length > 0 && !(await agrees('Change this?', context))) {
      await messages.write('Nothing was changed.\n');
      return 1;
    }
  }
  return runAction(context, {
    ...command,
    kind: 'action',
    start: (backlot, _target, _given, signal) => (installs ? backlot.names.install({ directory }, signal) : backlot.names.uninstall({}, signal)),
    view: () => import('../views/names-host.ts'),
  });
}

function changesOf({ state, changes, undoes }: HostNames, installs: boolean): HostNames['changes'] {
  if (installs) return state === 'installed' ? [] : changes;
  return undoes ?? (state === 'installed' ? changes : []);
}
