import { notifications } from '@mantine/notifications';
import { BacklotError, toFailure } from '#contract/errors.ts';
import type { Backlot } from '#contract/index.ts';
import { useConnection } from './connection.ts';

/** Asks the core for what a person wants now. Where it refuses, or there is no connection, the person is told, and nothing is answered. */
export async function ask<Result>(body: (backlot: Backlot) => Promise<Result>): Promise<Result | undefined> {
  try {
    const { state } = useConnection.getState();
    if (state.kind !== 'open') throw new BacklotError('connection-lost', 'That was not done: there is no connection to Backlot', { fix: 'It reconnects by itself; then try again.' });
    return await body(state.backlot);
  } catch (thrown) {
    const { message, fix } = toFailure(thrown);
    notifications.show({ color: 'red', title: message, message: fix ?? '', autoClose: 12_000 });
    return undefined;
  }
}
