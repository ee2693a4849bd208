import { expect, test } from 'vitest';
import { isCheckedOut } from '#features/releases/release-files.ts';

test('the files of the checkout are those of its revision, with what was changed in it only where that is deployed by hand', () => {
  const [sha, other] = ['a'.repeat(40), 'b'.repeat(40)];
  const clean = { sha, name: sha, dirty: false };
  const changed = { sha, name: `${sha}-dirty-012345`, dirty: true };
  const cases = [[sha, clean], [sha, changed], [changed.name, changed], [other, clean], [changed.name, clean]] as const;
  expect(cases.map(([revision, checkout]) => (['deploy', 'rollback'] as const).map((mode) => isCheckedOut({ revision, mode }, checkout)))).toEqual([[true, true], [true, false], [true, true], [false, false], [false, false]]);
});
