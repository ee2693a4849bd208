/** Another process of Backlot, for tests: runs one operation until it is cancelled, told to finish, or told to ask. */
import { createOperations } from '#core/operations.ts';
import { createOperationLog } from '#adapters/state/operation-log.ts';
import { findPaths } from '#adapters/state/paths.ts';

const operations = createOperations({ owner: 'other', log: createOperationLog({ paths: findPaths(process.env) }) });
const id = operations.start('stack.up', { directory: '/shop', set: 'minimal' }, async (work) => {
  work.tell({ type: 'service', service: 'db', state: 'starting' });
  work.tell({ type: 'service', service: 'db', state: 'ready' });
  const said = await new Promise<unknown>((resolve, reject) => {
    process.once('message', resolve);
    work.signal.addEventListener('abort', () => reject(work.signal.reason));
  });
  if (said !== 'ask') return { ready: ['db'] };
  return { said: await work.ask?.({ target: 'staging', release: 'rel-1', revision: 'abc', text: 'no readings', answers: ['continue', 'rollback'], until: new Date(Date.now() + 60_000).toISOString() }) };
});
process.send?.(id);
for await (const event of operations.watch({ id, after: 0 }, new AbortController().signal)) if (event.type === 'result') break;
await operations.close();
process.disconnect();
