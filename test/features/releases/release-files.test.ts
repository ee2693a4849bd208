import { expect, test } from 'vitest';
import { isCheckedOut } from '#features/releases/release-files.ts';

test('the files of the checkout are those of what is deployed only where nothing in it differs from that', () => {
  const [sha, other] = ['a'.repeat(40), 'b'.repeat(40)];
  const clean = { name: sha };
  const changed = { name: `${sha}-dirty-012345` };
  const cases = [[sha, clean], [sha, changed], [changed.name, changed], [other, clean], [changed.name, clean]] as const;
  expect(cases.map(([revision, checkout]) => isCheckedOut({ revision }, checkout))).toEqual([true, false, true, false, false]);
});
