import { z } from 'zod';
import { call, stream } from './define.ts';

export const TerminalView = z.object({
  id: z.string(),
  title: z.string(),
  directory: z.string(),
  set: z.string().optional(),
  /** Absent for a shell on the host. */
  service: z.string().optional(),
  /** The held run that it looks into, and the stage of it. */
  run: z.string().optional(),
  stage: z.string().optional(),
  state: z.enum(['open', 'ended']),
  exitCode: z.number().int().optional(),
  why: z.string().optional(),
  columns: z.number().int(),
  rows: z.number().int(),
  opened: z.string(),
});
export type TerminalView = z.infer<typeof TerminalView>;

const Size = { columns: z.number().int().min(2).max(1000), rows: z.number().int().min(1).max(500) };

export const TerminalOutput = z.discriminatedUnion('type', [
  /** What the screen shows at this moment: empty the terminal, then write it. Comes first, and again when the reader was too slow. */
  z.object({ type: z.literal('screen'), text: z.string(), columns: z.number().int(), rows: z.number().int() }),
  z.object({ type: z.literal('text'), text: z.string() }),
  z.object({ type: z.literal('ended'), exitCode: z.number().int().optional(), why: z.string().optional() }),
]);
export type TerminalOutput = z.infer<typeof TerminalOutput>;

/**
 * What programs ask a terminal. The core answers, once, however many windows look on; a window must leave these unanswered,
 * or its answer is typed into the shell. Nobody answers a question for a colour (an OSC with "?").
 */
export const TERMINAL_QUESTIONS = {
  csi: [
    { final: 'c' },
    { prefix: '>', final: 'c' },
    { final: 'n' },
    { prefix: '?', final: 'n' },
    { intermediates: '$', final: 'p' },
    { prefix: '?', intermediates: '$', final: 'p' },
  ],
  dcs: [{ intermediates: '$', final: 'q' }],
  oscOfColours: [4, 10, 11, 12],
} as const;

export const terminals = {
  /** Opens a shell in a service's container, or, without `service`, on the host with the environment's variables; with `run`, in what a held run keeps. */
  open: call(
    z.object({ directory: z.string(), set: z.string().optional(), service: z.string().optional(), run: z.string().optional(), stage: z.string().optional(), ...Size }),
    TerminalView,
  ),
  list: call(z.object({}), z.object({ terminals: z.array(TerminalView) })),
  write: call(z.object({ id: z.string(), text: z.string().max(1_000_000) }), z.object({})),
  resize: call(z.object({ id: z.string(), ...Size }), z.object({})),
  /** Ends the shell and forgets it. */
  close: call(z.object({ id: z.string() }), z.object({})),
  /** The screen as it is, then what comes. */
  output: stream(z.object({ id: z.string() }), TerminalOutput),
};
