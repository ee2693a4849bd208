import { z } from 'zod';
import { Failure } from './errors.ts';

/** A two-way channel of JSON-safe messages: a MessagePort, a WebSocket, or two functions in one process. */
export interface Pipe {
  /** Sends one message. After `close` it does nothing. */
  send(message: unknown): void;
  onMessage(listener: (message: unknown) => void): void;
  /** Called once, when either side has closed. */
  onClose(listener: () => void): void;
  close(): void;
}

/** What a client asks. `credit` is how many characters of stream items the reader can take; more is granted as it reads. */
export const Request = z.discriminatedUnion('t', [
  z.object({ t: z.literal('call'), id: z.number().int(), method: z.string().max(100), input: z.unknown().optional() }),
  z.object({
    t: z.literal('open'),
    id: z.number().int(),
    method: z.string().max(100),
    input: z.unknown().optional(),
    credit: z.number().int().positive(),
  }),
  z.object({ t: z.literal('credit'), id: z.number().int(), amount: z.number().int().positive() }),
  z.object({ t: z.literal('close'), id: z.number().int() }),
]);
export type Request = z.infer<typeof Request>;

/** What the core tells. `size` is the number of characters that the item used up of the reader's credit. */
export const Response = z.discriminatedUnion('t', [
  z.object({ t: z.literal('answer'), id: z.number().int(), value: z.unknown().optional() }),
  z.object({ t: z.literal('failure'), id: z.number().int(), error: Failure }),
  z.object({ t: z.literal('item'), id: z.number().int(), value: z.unknown().optional(), size: z.number().int() }),
  z.object({ t: z.literal('end'), id: z.number().int(), error: Failure.optional() }),
]);
export type Response = z.infer<typeof Response>;

/** Credit that a reader grants at the start, in characters. */
export const INITIAL_CREDIT = 1024 * 1024;

/** Characters that a reader has read before it grants as many again: a message for each item would cost more than it tells. */
export const CREDIT_STEP = 128 * 1024;
