/** Another process of Backlot, for tests: takes the lock of an environment, and says what it does. */
import { appendFileSync } from 'node:fs';
import { findPaths } from '#adapters/state/paths.ts';
import { createStateStore } from '#adapters/state/state-store.ts';

const store = createStateStore({ paths: findPaths(process.env), shell: 'other' });
const environment = { composeProject: 'shop', directory: '/shop', method: 'stack.up' };
const never = new AbortController().signal;
const { CONTEND, DIES, LOG = '' } = process.env;

if (CONTEND) await contend(Number(CONTEND));
else await hold();
process.disconnect();

async function hold(): Promise<void> {
  const released = new Promise<void>((resolve) => process.once('message', () => resolve()));
  await store.withLock(environment, () => {}, () => (process.send?.('locked'), released), never);
  process.send?.('released');
}

async function contend(rounds: number): Promise<void> {
  for (let round = 0; round < rounds; round++) {
    await store.withLock(
      environment,
      () => {},
      async () => {
        appendFileSync(LOG, `in ${process.pid}\n`);
        await new Promise((resolve) => setTimeout(resolve, 2));
        if (DIES && round === 5) {
          appendFileSync(LOG, `dies ${process.pid}\n`);
          process.kill(process.pid, 'SIGKILL');
        }
        appendFileSync(LOG, `out ${process.pid}\n`);
      },
      never,
    );
  }
}
