import type { z } from 'zod';
import type { Api, Call, Method, Operation, Stream } from '#contract/define.ts';
import { BacklotError } from '#contract/errors.ts';
import type { Operations } from './operations.ts';
import type { Work } from './work.ts';

type Implemented<M extends Method> =
  M extends Call<infer Input, infer Output>
    ? (input: z.output<Input>, signal: AbortSignal) => Promise<z.input<Output>>
    : M extends Operation<infer Input, infer Output>
      ? (input: z.output<Input>, work: Work) => Promise<z.input<Output>>
      : M extends Stream<infer Input, infer Item>
        ? (input: z.output<Input>, signal: AbortSignal) => AsyncIterable<z.input<Item>>
        : never;

/** What the features give for an api: one function for every method. */
export type Implementation<A extends Api> = {
  readonly [Noun in keyof A]: { readonly [Verb in keyof A[Noun]]: Implemented<A[Noun][Verb]> };
};

/** The only door to the core: finds the method, checks what comes in, runs it. */
export interface Dispatcher {
  /** Runs a call, or starts an operation and answers its id. */
  call(method: string, input: unknown, signal: AbortSignal): Promise<unknown>;
  open(method: string, input: unknown, signal: AbortSignal): AsyncIterable<unknown>;
}

type AnyImplementation = Readonly<Record<string, Readonly<Record<string, (input: unknown, context: unknown) => unknown>>>>;

export function createDispatcher<A extends Api>(api: A, implementation: Implementation<A>, operations: Operations): Dispatcher {
  const functions = implementation as unknown as AnyImplementation;

  function find(name: string): { method: Method; run: (input: unknown, context: unknown) => unknown } {
    const [noun = '', verb = '', ...rest] = name.split('.');
    const method = rest.length === 0 && Object.hasOwn(api, noun) && Object.hasOwn(api[noun] ?? {}, verb) ? api[noun]?.[verb] : undefined;
    const run = functions[noun]?.[verb];
    if (!method || !run) throw new BacklotError('method-unknown', `There is no method ${JSON.stringify(name.slice(0, 100))}`);
    return { method, run };
  }

  return {
    async call(name, input, signal) {
      const { method, run } = find(name);
      const checked = check(name, method, input);
      switch (method.kind) {
        case 'call':
          return run(checked, signal);
        case 'operation':
          return { id: operations.start(name, checked, (work) => run(checked, work) as Promise<unknown>) };
        case 'stream':
          throw new BacklotError('method-unknown', `${name} is a stream: open it instead of calling it`);
        default:
          return method satisfies never;
      }
    },
    open(name, input, signal) {
      const { method, run } = find(name);
      if (method.kind !== 'stream') throw new BacklotError('method-unknown', `${name} is not a stream: call it instead of opening it`);
      return run(check(name, method, input), signal) as AsyncIterable<unknown>;
    },
  };
}

function check(name: string, method: Method, input: unknown): unknown {
  const parsed = method.input.safeParse(input);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const path = issue?.path.join('.') ?? '';
  throw new BacklotError('input-invalid', `${name}: ${path ? `${path}: ` : ''}${issue?.message ?? 'the input is not valid'}`);
}
