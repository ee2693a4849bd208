import { expect, test } from 'vitest';
import { z } from 'zod';
import { call, stream } from '#contract/define.ts';
import { lazyNoun } from '#core/lazy-noun.ts';

const noun = { ask: call(z.object({ of: z.string() }), z.string()), feed: stream(z.object({}), z.number()) };

test('a noun is loaded when it is first asked for, once, and again where that failed', async () => {
  let loads = 0;
  const lazy = lazyNoun(noun, async () => {
    loads += 1;
    if (loads === 1) throw new Error('no disk');
    return {
      ask: async ({ of }) => `answer to ${of}`,
      async *feed() {
        yield 1;
        yield 2;
      },
    };
  });
  const { signal } = new AbortController();
  expect(loads).toBe(0);
  await expect(lazy.ask({ of: 'x' }, signal)).rejects.toThrow('no disk');
  expect(await Promise.all([lazy.ask({ of: 'x' }, signal), lazy.ask({ of: 'y' }, signal)])).toEqual(['answer to x', 'answer to y']);
  const items = [];
  for await (const item of lazy.feed({}, signal)) items.push(item);
  expect(items).toEqual([1, 2]);
  expect(loads).toBe(2);
});
