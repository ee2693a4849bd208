import type { SerializeAddon } from '@xterm/addon-serialize';
import type { Terminal } from '@xterm/headless';

/** Lines above the screen that are kept. */
const SCROLLBACK = 5_000;

export type Capture = { readonly text: string; readonly columns: number; readonly rows: number };

/**
 * What a terminal shows, kept without a window: fed with everything that its program prints.
 * It also answers what the program asks the terminal (where is the cursor, what can you do), once for each question,
 * however many windows look on, none included. So a window must answer nothing.
 */
export class Screen {
  private readonly terminal: Terminal;
  private readonly serializer: SerializeAddon;

  private constructor(terminal: Terminal, serializer: SerializeAddon) {
    this.terminal = terminal;
    this.serializer = serializer;
  }

  /** Loads xterm with the first terminal: most of what Backlot does needs none. */
  static async create(columns: number, rows: number): Promise<Screen> {
    const { Terminal } = named(await import('@xterm/headless'));
    const { SerializeAddon } = named(await import('@xterm/addon-serialize'));
    const terminal = new Terminal({ cols: columns, rows, scrollback: SCROLLBACK, allowProposedApi: true });
    const serializer = new SerializeAddon();
    // The addon's type wants a terminal with a window; what it uses, a headless one has too.
    terminal.loadAddon(serializer as unknown as Parameters<Terminal['loadAddon']>[0]);
    return new Screen(terminal, serializer);
  }

  /** Shows text; `done` is called when it stands on the screen. */
  write(text: string, done: () => void): void {
    this.terminal.write(text, done);
  }

  onAnswer(listener: (text: string) => void): void {
    this.terminal.onData(listener);
  }

  /** Takes the size after all that was written before. */
  resize(columns: number, rows: number): void {
    this.terminal.write('', () => this.terminal.resize(columns, rows));
  }

  /** What stands there after all that was written before and nothing later: text that makes an empty terminal of that size show the same. */
  capture(done: (capture: Capture) => void): void {
    this.terminal.write('', () => done({ text: this.serializer.serialize({ scrollback: SCROLLBACK }), columns: this.terminal.cols, rows: this.terminal.rows }));
  }
}

/** The names of a CommonJS module, which some loaders put below `default`. */
function named<Module extends object>(module: Module): Module {
  return 'default' in module ? (module.default as Module) : module;
}
