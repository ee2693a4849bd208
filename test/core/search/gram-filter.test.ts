import { expect, test } from 'vitest';
import { GramFilter } from '#core/search/gram-filter.ts';
import { newText } from '#core/search/gram-index.ts';
import { OriginalPacker, openBatch, type PackedBatch } from '#core/search/pack-originals.ts';

function packed(values: readonly string[]): PackedBatch {
  const batches: PackedBatch[] = [];
  const packer = new OriginalPacker((batch) => void batches.push(batch));
  for (const value of values) packer.add(value, 'column');
  packer.flush();
  const [batch] = batches;
  if (!batch) throw new Error('nothing was packed');
  return batch;
}

function textOf(content: string) {
  const bytes = Buffer.from(content);
  const text = { ...newText(bytes.length), length: bytes.length };
  text.bytes.set(bytes);
  return text;
}

test('searches that share filters find each what is in its own texts, and forget by themselves', () => {
  const values = Array.from({ length: 300 }, (_, number) => `${['person', 'mail.to.', 'q'][number % 3] ?? ''}${(number * 7919).toString(36).padStart(6, 'x')}${['@real.example', '', ''][number % 3] ?? ''}`);
  const batch = packed(values);
  const [grams] = openBatch(batch.parts, batch.packed.buffer).grams;
  // Whichever of the threads adds them, each has its own part.
  const one = GramFilter.for(batch.kinds, 2, 1);
  one.add(grams);
  const other = new GramFilter(one.filled, 0);
  const foundBy = (filter: GramFilter) => {
    const found = new Set<string>();
    filter.eachThatMayOccur(grams, (pattern) => void found.add(values[pattern] ?? ''));
    return [...found].sort();
  };
  expect(one.search(textOf(`a note of ${values[3] ?? ''}, ${values[7] ?? ''} and ${values[11] ?? ''}`)).length).toBeGreaterThan(0);
  expect(other.isEmpty).toBe(true);
  expect(other.search(textOf(`${values[50] ?? ''}`)).length).toBeGreaterThan(0);
  expect(foundBy(other)).toEqual([values[50]]);
  other.clear();
  expect(foundBy(other)).toEqual([]);
  expect(foundBy(one)).toEqual([values[3], values[7], values[11]].sort());
});
