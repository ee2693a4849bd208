import type { z } from 'zod';

/** Answers at once. */
export type Call<Input extends z.ZodType, Output extends z.ZodType> = {
  readonly kind: 'call';
  readonly input: Input;
  readonly output: Output;
};

/** Work that outlives the request: answers with an operation's id; its events are on `operations.watch`. */
export type Operation<Input extends z.ZodType, Output extends z.ZodType> = {
  readonly kind: 'operation';
  readonly input: Input;
  readonly output: Output;
};

/** A feed that lasts until the reader leaves or it ends by itself. */
export type Stream<Input extends z.ZodType, Item extends z.ZodType> = {
  readonly kind: 'stream';
  readonly input: Input;
  readonly output: Item;
};

export type Method =
  | Call<z.ZodType, z.ZodType>
  | Operation<z.ZodType, z.ZodType>
  | Stream<z.ZodType, z.ZodType>;

export type Api = { readonly [noun: string]: { readonly [verb: string]: Method } };

export function call<Input extends z.ZodType, Output extends z.ZodType>(input: Input, output: Output): Call<Input, Output> {
  return { kind: 'call', input, output };
}

export function operation<Input extends z.ZodType, Output extends z.ZodType>(
  input: Input,
  output: Output,
): Operation<Input, Output> {
  return { kind: 'operation', input, output };
}

export function stream<Input extends z.ZodType, Item extends z.ZodType>(input: Input, item: Item): Stream<Input, Item> {
  return { kind: 'stream', input, output: item };
}
