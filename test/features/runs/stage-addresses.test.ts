import { expect, test } from 'vitest';
import { StageAddresses } from '#features/runs/stage-addresses.ts';

test('an address is of the stage that had it then; who comes after it may be over before it is known', () => {
  const addresses = new StageAddresses();
  addresses.join('first', '10.0.0.3');
  addresses.join('beside', '10.0.0.4');
  expect([addresses.isOthers('second', '10.0.0.3', 50), addresses.isOthers('first', '10.0.0.3', 50)]).toEqual([true, false]);
  addresses.leave('first', 100);
  // The second one got its address, and ended before it could be looked at.
  addresses.join('second', '');
  expect([addresses.isOthers('second', '10.0.0.3', 100), addresses.isOthers('second', '10.0.0.3', 101), addresses.isOthers('second', '10.0.0.4', 101)]).toEqual([true, false, true]);
});
