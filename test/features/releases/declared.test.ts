import { expect, test } from 'vitest';
import { BacklotError } from '#contract/errors.ts';
import { targetOf, type Declared } from '#features/releases/declared.ts';

function fixOf(names: readonly string[], wanted: string): string | undefined {
  const declared = { targets: Object.fromEntries(names.map((name) => [name, {}])), file: 'backlot.yaml' } as unknown as Declared;
  try {
    targetOf(declared, wanted);
  } catch (error) {
    return error instanceof BacklotError ? error.fix : undefined;
  }
  return undefined;
}

test('a target that is not there: the nearest, which there are, or how to write one where there is none', () => {
  expect(fixOf(['staging', 'live'], 'stagin')).toBe('Did you mean staging? The targets are: staging, live.');
  expect(fixOf([], 'staging')).toBe('The project has none. Write one in backlot.yaml, such as: targets: { staging: { requires: [unit] } }');
});
