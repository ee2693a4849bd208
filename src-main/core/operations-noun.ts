import type { operations as contract } from '#contract/operations.ts';
import type { Implementation } from './dispatcher.ts';
import type { Operations } from './operations.ts';

/** The `operations` noun of the contract over the operations of this process. */
export function implementOperations(operations: Operations): Implementation<{ operations: typeof contract }>['operations'] {
  return {
    list: async ({ directory }) => ({ operations: await operations.list(directory) }),
    watch: (input, signal) => operations.watch(input, signal),
    cancel: async ({ id }) => ({ cancelled: await operations.cancel(id) }),
    answer: async ({ id, answer }) => ({ answered: await operations.answer(id, answer) }),
  };
}
