import type { Api } from '#contract/define.ts';
import type { Implementation } from './dispatcher.ts';

type Load<Noun extends Api[string]> = () => Promise<Implementation<{ noun: Noun }>['noun']>;

/** A noun whose implementation is loaded when one of its methods is first asked for: most work needs few nouns. */
export function lazyNoun<Noun extends Api[string]>(noun: Noun, load: Load<Noun>): Implementation<{ noun: Noun }>['noun'] {
  const loaded = once(load) as () => Promise<Readonly<Record<string, (input: unknown, context: unknown) => unknown>>>;
  const answer = (verb: string) => async (input: unknown, context: unknown) => (await loaded())[verb]?.(input, context);
  const feed = (verb: string) =>
    async function* (input: unknown, signal: unknown) {
      yield* (await loaded())[verb]?.(input, signal) as AsyncIterable<unknown>;
    };
  return Object.fromEntries(Object.entries(noun).map(([verb, { kind }]) => [verb, kind === 'stream' ? feed(verb) : answer(verb)])) as Implementation<{ noun: Noun }>['noun'];
}

/** The same result for every caller; what failed is tried again. */
export function once<Result>(make: () => Promise<Result>): () => Promise<Result> {
  let made: Promise<Result> | undefined;
  return () => {
    made ??= make().catch((error: unknown) => {
      made = undefined;
      throw error;
    });
    return made;
  };
}
