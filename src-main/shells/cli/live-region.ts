import { createScreen, type Screen } from './screen.ts';
import { cut } from './text-width.ts';
import type { Environment } from './terminal.ts';

const HIDE_CURSOR = '\u001b[?25l';
const SHOW_CURSOR = '\u001b[?25h';
const FRAME = 100;

/** The last lines of a terminal, drawn anew as what they show changes. Never taller than the terminal, never wider. */
export class LiveRegion {
  private readonly stream: NodeJS.WriteStream;
  private readonly environment: Environment;
  private draw: ((screen: Screen, frame: number) => readonly string[]) | undefined;
  private timer: NodeJS.Timeout | undefined;
  private drawn: readonly string[] = [];
  private frame = 0;
  private cursorHidden = false;
  private readonly onResize = () => this.paint();

  constructor(stream: NodeJS.WriteStream, environment: Environment) {
    this.stream = stream;
    this.environment = environment;
  }

  /** Shows what `draw` gives, until `stop`. Called again for every frame, a few times a second. */
  start(draw: (screen: Screen, frame: number) => readonly string[]): void {
    this.draw = draw;
    this.stream.write(HIDE_CURSOR);
    this.cursorHidden = true;
    this.stream.on('resize', this.onResize);
    this.timer = setInterval(() => this.paint(), FRAME);
    this.paint();
  }

  /** Prints lines that stay, above the area. */
  print(text: string): void {
    this.stream.write(`${this.erase()}${text}`);
    this.drawn = [];
    this.paint();
  }

  /** Leaves the last picture where it is, or wipes it, and gives the terminal back. */
  stop(last: 'keep' | 'wipe' = 'keep'): void {
    if (!this.draw) return;
    clearInterval(this.timer);
    this.stream.off('resize', this.onResize);
    if (last === 'keep') this.paint(Infinity);
    else this.stream.write(this.erase());
    this.draw = undefined;
    this.drawn = [];
    this.restore();
  }

  /** Gives the cursor back, also in the middle of things. */
  restore(): void {
    if (this.cursorHidden) this.stream.write(SHOW_CURSOR);
    this.cursorHidden = false;
  }

  private paint(height?: number): void {
    if (!this.draw) return;
    const screen = createScreen(this.stream, this.environment);
    const room = height ?? Math.max(1, screen.height - 1);
    const all = this.draw(screen, this.frame++);
    const hidden = all.length - room;
    const shown = hidden > 0 ? [...all.slice(0, room - 1), screen.paint.dim(`  and ${hidden + 1} more`)] : all;
    const lines = shown.map((line) => cut(line, Math.max(1, screen.width - 1), screen.symbols.ellipsis));
    this.stream.write(this.erase() + lines.map((line) => `${line}\n`).join(''));
    this.drawn = lines;
  }

  /** Begins at the left: the terminal itself shows a typed ^C. */
  private erase(): string {
    return this.drawn.length === 0 ? '' : `\r\u001b[${this.drawn.length}A\u001b[0J`;
  }
}
