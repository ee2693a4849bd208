import type { Started } from '#contract/client.ts';
import type { Backlot } from '#contract/index.ts';
import type { Context, Session } from './context.ts';
import type { Screen } from './screen.ts';

/** What the value of an option must be. `seconds` takes 90, 90s, 1m30s. */
type ValueKind = 'text' | 'seconds' | 'count' | 'port';

export type Option = {
  readonly name: string;
  readonly short?: string;
  readonly summary: string;
  /** Absent for a flag. */
  readonly value?: { readonly label: string; readonly kind: ValueKind; readonly choices?: readonly string[]; /** The least and the most of a count. */ readonly range?: readonly [number, number]; /** A duration that may be none at all. */ readonly orZero?: true };
};

export type Operand = {
  readonly label: string;
  readonly required?: boolean;
  readonly many?: boolean;
  readonly choices?: readonly string[];
  /** It is the name of something that the project or this machine knows. */
  readonly of?: 'fixtures' | 'targets';
};

/** What stood on the command line for one verb, checked against its row. */
export type Given = {
  readonly operands: readonly string[];
  readonly options: ReadonlyMap<string, string | number | true>;
  /** The words of a command to run elsewhere, as they stood. */
  readonly command: readonly string[];
  /** A person sits there who can be asked while it works. */
  readonly asks?: boolean;
};

/** The environment that a verb is about. */
export type Target = { readonly directory: string; readonly set?: string; readonly services: string[] };

/** What a view may need beside the document: the core to ask more of, and what stood on the command line. */
export type About = { readonly session: Session; readonly target: Target; readonly given: Given };

/** Turns what a method answered into text for standard output, line end included. */
interface View {
  show(document: unknown, screen: Screen, about: About): string | Promise<string>;
  /** Other than 0 where the answer itself is bad news. */
  exitCode?(document: unknown): number;
}

type Row = {
  readonly word: string;
  readonly summary: string;
  /** Further lines of its help. */
  readonly details?: readonly string[];
  readonly examples?: readonly string[];
  readonly operands: readonly Operand[];
  readonly options: readonly Option[];
  /** How its operands are read: a set and services, one service with its set as an option, or by the verb itself. */
  readonly names: 'set' | 'set-and-services' | 'service' | 'own';
  /** Takes a command to run elsewhere after its operands. */
  readonly takesCommand?: 'needed' | 'optional';
  /** Whether it needs a project: `optional` uses one where there is one. */
  readonly project: 'needed' | 'optional' | 'none';
  /** Options of which exactly one is given. */
  readonly oneOf?: readonly string[];
  /** Left out of the help and of completion. */
  readonly hidden?: boolean;
};

type Ask = (backlot: Backlot, target: Target, given: Given, signal: AbortSignal) => Promise<unknown>;
type Start = (backlot: Backlot, target: Target, given: Given, signal: AbortSignal) => Promise<Started>;

/** One row of the table: a verb, its words, and what it asks of the core. */
export type Command = Row &
  (
    | { readonly kind: 'query'; readonly ask: Ask; readonly view: () => Promise<View> }
    | {
        readonly kind: 'action';
        readonly start: Start;
        readonly view: () => Promise<View>;
        /** With `--json`, its result is one document, without events before it. */
        readonly prints?: 'document';
      }
    | { readonly kind: 'own'; readonly verb: () => Promise<{ run(context: Context): Promise<number> }>; readonly json: 'events' | 'document' | 'none' }
  );

/** The verbs of two words that begin with this one: `names why` of `names`. */
export function subVerbs(commands: readonly Command[], word: string): readonly Command[] {
  return commands.filter((command) => command.word.startsWith(`${word} `) && !command.hidden);
}

export function flag(given: Given, name: string): boolean {
  return given.options.get(name) === true;
}

export function text(given: Given, name: string): string | undefined {
  const value = given.options.get(name);
  return typeof value === 'string' ? value : undefined;
}

export function number(given: Given, name: string): number | undefined {
  const value = given.options.get(name);
  return typeof value === 'number' ? value : undefined;
}

/** The option under the input's own key, or nothing at all where it was not given. */
export function optional<Key extends string, Value>(key: Key, value: Value | undefined): { [K in Key]?: Value } {
  return value === undefined ? {} : ({ [key]: value } as { [K in Key]: Value });
}
