import { fromFailure } from '#contract/errors.ts';
import { agrees, canAsk } from './ask.ts';
import type { Context, Session } from './context.ts';

/** Clones the components that are not checked out, after asking for each. False where that cannot be, or nobody said yes. */
export async function cloneMissing(context: Context, { backlot }: Session, directory: string): Promise<boolean> {
  if (!context.globals.yes && !canAsk(context)) return false;
  const { components } = await backlot.project.missing({ directory }, context.interrupts.signal);
  if (components.length === 0 || components.some(({ git }) => git === undefined)) return false;
  for (const { name, git, ref, path } of components) {
    const from = context.messagesScreen.clean(`${git}${ref === undefined ? '' : ` (${ref})`}`);
    if (!(await agrees(`Clone ${name} from ${from} to ${context.messagesScreen.clean(path)}?`, context, 'yes'))) return false;
  }
  const { id } = await backlot.project.clone({ directory });
  const cancel = () => void backlot.operations.cancel({ id }).catch(() => undefined);
  context.interrupts.signal.addEventListener('abort', cancel, { once: true });
  try {
    for await (const event of backlot.operations.watch({ id })) {
      if (event.type === 'message' && !context.globals.json && !context.globals.quiet) await context.messages.write(`${context.messagesScreen.clean(event.text)}\n`);
      if (event.type === 'result' && event.error) throw fromFailure(event.error);
    }
  } finally {
    context.interrupts.signal.removeEventListener('abort', cancel);
  }
  return true;
}
