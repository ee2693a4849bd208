import type { App } from '#app';
import type { Backlot } from '#contract/index.ts';
import type { Command, Given } from './command.ts';
import type { Globals } from './globals.ts';
import type { Interrupts } from './interrupts.ts';
import type { LiveRegion } from './live-region.ts';
import type { Output } from './output.ts';
import type { Screen } from './screen.ts';
import type { Environment } from './terminal.ts';

/** The core, made for one verb, and the way to ask it. */
export type Session = {
  readonly app: App;
  readonly backlot: Backlot;
  close(): Promise<void>;
};

/** What every verb is given. */
export type Context = {
  readonly command: Command;
  readonly given: Given;
  readonly globals: Globals;
  readonly environment: Environment;
  readonly interrupts: Interrupts;
  /** Standard output: data. */
  readonly data: Output;
  readonly dataScreen: Screen;
  /** Standard error: messages and progress. */
  readonly messages: Output;
  readonly messagesScreen: Screen;
  /** An area that is drawn again and again, on the stream that it is for; `undefined` where that cannot be. */
  readonly live: (stream: 'data' | 'messages') => LiveRegion | undefined;
  readonly openSession: () => Promise<Session>;
};
