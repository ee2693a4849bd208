import type { Failure } from '#contract/errors.ts';
import { toFailure } from '#contract/errors.ts';
import type { TerminalOutput } from '#contract/terminals.ts';
import { backlotWhenOpen, useConnection } from '../../state/connection.ts';
import { pause } from '../../state/visibility.ts';
import { Flow } from './flow.ts';
import { Outbox } from './outbox.ts';
import { cleanTitle } from './terminal-text.ts';
import type { XtermView } from './xterm-view.ts';

export type SessionEvents = {
  onTitle(title: string): void;
  onEnded(end: { readonly exitCode?: number | undefined; readonly why?: string | undefined }): void;
  /** The line to the core is down, or up again. */
  onLost(lost: boolean): void;
  onFailure(failure: Failure): void;
};

const RESIZE_RESTS = 80;
const LONGEST_PAUSE = 5000;
const HIDE_CURSOR = '\u001b[?25l';

/** Ties one terminal of the core to one view: shows its screen and what follows, sends keys and size. */
export class TerminalSession {
  private readonly id: string;
  private readonly view: XtermView;
  private readonly events: SessionEvents;
  private readonly controller = new AbortController();
  private readonly flow: Flow;
  private readonly outbox: Outbox;
  /** Whether what xterm says is typed by the person, not answered to a replayed screen. */
  private attached = false;
  private resizing: ReturnType<typeof setTimeout> | undefined;

  constructor(id: string, view: XtermView, events: SessionEvents) {
    this.id = id;
    this.view = view;
    this.events = events;
    this.flow = new Flow({ write: (text, done) => view.terminal.write(text, done) });
    this.outbox = new Outbox(async (text) => (await backlotWhenOpen(this.controller.signal)).terminals.write({ id, text }));
    view.terminal.onData((text) => this.attached && this.outbox.add(text));
    view.terminal.onTitleChange((title) => events.onTitle(cleanTitle(title)));
    view.terminal.onResize(() => this.tellSize());
    void this.run();
  }

  dispose(): void {
    this.attached = false;
    clearTimeout(this.resizing);
    this.controller.abort();
  }

  private async run(): Promise<void> {
    const { signal } = this.controller;
    for (let attempt = 0; !signal.aborted; attempt += 1) {
      try {
        const backlot = await backlotWhenOpen(signal);
        for await (const output of backlot.terminals.output({ id: this.id }, signal)) {
          attempt = 0;
          this.events.onLost(false);
          if (await this.take(output)) return;
        }
      } catch (thrown) {
        if (signal.aborted) return;
        const failure = toFailure(thrown);
        if (failure.code === 'terminal-missing') return this.events.onEnded({ why: 'Backlot was started again and knows this shell no more' });
        if (failure.code !== 'connection-lost') this.events.onFailure(failure);
        this.events.onLost(true);
      }
      this.attached = false;
      await pause(Math.min(300 * 2 ** attempt, LONGEST_PAUSE), signal);
    }
  }

  /** Shows one piece of output once the terminal has room for it. Answers whether it was the last. */
  private async take(output: TerminalOutput): Promise<boolean> {
    switch (output.type) {
      case 'screen':
        await this.replay(output);
        return false;
      case 'text':
        await this.flow.write(output.text);
        return false;
      case 'ended':
        await this.flow.writeAll(HIDE_CURSOR);
        this.attached = false;
        this.events.onEnded(output);
        return true;
      default:
        return output satisfies never;
    }
  }

  private async replay({ text, columns, rows }: Extract<TerminalOutput, { type: 'screen' }>): Promise<void> {
    const { terminal } = this.view;
    this.attached = false;
    terminal.reset();
    if (terminal.cols !== columns || terminal.rows !== rows) terminal.resize(columns, rows);
    await this.flow.writeAll(text);
    if (this.controller.signal.aborted) return;
    this.attached = true;
    this.view.fit();
  }

  private tellSize(): void {
    clearTimeout(this.resizing);
    this.resizing = setTimeout(() => {
      const { cols: columns, rows } = this.view.terminal;
      const { state } = useConnection.getState();
      if (!this.attached || state.kind !== 'open' || columns < 2) return;
      // A size that was not taken is told again with the next one.
      state.backlot.terminals.resize({ id: this.id, columns: Math.min(columns, 1000), rows: Math.min(rows, 500) }, this.controller.signal).catch(() => {});
    }, RESIZE_RESTS);
  }
}
