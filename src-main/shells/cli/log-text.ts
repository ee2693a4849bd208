import type { LogBatch, LogLine } from '#contract/stack.ts';
import { jsonWithoutWorkflowCommands } from './container-text.ts';
import type { Style } from './paint.ts';
import type { Screen } from './screen.ts';
import { obeysWorkflowCommands, type Environment } from './terminal.ts';

/** Turns a batch of log lines into the text of all of them, to be written at once. */
export type FormatBatch = (batch: LogBatch) => string;

const SERVICE_STYLES: readonly Style[] = ['cyan', 'yellow', 'green', 'magenta', 'blue'];

/** Lines with their service in front. As they are where they go to a file; harmless where a person reads them. */
export function createLogText(screen: Screen, timestamps: boolean): FormatBatch {
  const prefixes = new Prefixes(screen);
  return ({ lines, note }) => {
    for (const { service } of lines) prefixes.learn(service);
    let text = '';
    for (const line of lines) {
      const time = timestamps ? `${line.time} ` : '';
      text += `${prefixes.of(line.service)}${time}${screen.clean(line.line)}${cutMark(line, screen)}\n`;
    }
    return note ? `${text}${prefixes.of(note.service)}${screen.paint.dim(screen.clean(note.text))}\n` : text;
  };
}

/** Each line as a JSON event. */
export function createLogJson(environment: Environment): FormatBatch {
  const guarded = obeysWorkflowCommands(environment);
  return ({ lines, note }) => {
    let text = '';
    for (const { service, stream, time, line, cut } of lines) {
      text += `${JSON.stringify(cut === undefined ? { type: 'log', service, stream, time, line } : { type: 'log', service, stream, time, line, cut })}\n`;
    }
    if (note) text += `${JSON.stringify({ type: 'note', time: new Date().toISOString(), ...note })}\n`;
    return guarded ? jsonWithoutWorkflowCommands(text) : text;
  };
}

function cutMark({ cut }: LogLine, { paint, symbols }: Screen): string {
  return cut === undefined ? '' : paint.dim(` ${symbols.ellipsis} (${cut} characters)`);
}

/** What stands before a service's lines. The column grows with the longest name that was seen. */
class Prefixes {
  private readonly screen: Screen;
  private readonly services: string[] = [];
  private readonly made = new Map<string, string>();

  constructor(screen: Screen) {
    this.screen = screen;
  }

  learn(service: string): void {
    if (this.made.has(service)) return;
    this.services.push(service);
    const width = Math.max(...this.services.map((name) => name.length));
    for (const [index, name] of this.services.entries()) {
      const style = SERVICE_STYLES[index % SERVICE_STYLES.length] ?? 'cyan';
      this.made.set(name, `${this.screen.paint[style](`${name.padEnd(width)} |`)} `);
    }
  }

  of(service: string): string {
    return this.made.get(service) ?? `${service} | `;
  }
}
