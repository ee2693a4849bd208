import { FitAddon } from '@xterm/addon-fit';
import { SearchAddon } from '@xterm/addon-search';
import { Terminal } from '@xterm/xterm';
import '@xterm/xterm/css/xterm.css';
import { TERMINAL_QUESTIONS } from '#contract/terminals.ts';
import { cleanPaste } from './terminal-text.ts';

export type TerminalLook = { readonly fontSize: number; readonly theme: NonNullable<Terminal['options']['theme']>; readonly screenReader: boolean };

export type ViewEvents = {
  onLink(address: string): void;
  onHover(address: string | undefined): void;
  /** A key that belongs to the dock, not to the program. */
  onKey(key: 'find' | 'leave'): void;
};

/** Notifications, working folders, clipboards, shell marks, images: nothing that a program in a terminal gets to do here. */
const REFUSED_OSC = [7, 9, 50, 52, 133, 633, 777, 1337];

/** An xterm that can show, take keys, be searched and sized, and refuses what a hostile program could use it for. */
export class XtermView {
  readonly terminal: Terminal;
  private readonly fitter = new FitAddon();
  private readonly searcher = new SearchAddon();
  private readonly host: HTMLElement;
  private webgl: { dispose(): void } | undefined;
  private wantsWebgl = false;

  constructor(host: HTMLElement, look: TerminalLook, events: ViewEvents) {
    this.host = host;
    this.terminal = new Terminal({
      allowProposedApi: false,
      cursorBlink: true,
      cursorInactiveStyle: 'outline',
      fontFamily: getComputedStyle(host).getPropertyValue('--font-mono'),
      fontSize: look.fontSize,
      lineHeight: 1.25,
      minimumContrastRatio: 4.5,
      scrollback: 10_000,
      screenReaderMode: look.screenReader,
      theme: look.theme,
      windowOptions: {},
      linkHandler: {
        allowNonHttpProtocols: false,
        activate: (_event, address) => events.onLink(address),
        hover: (_event, address) => events.onHover(address),
        leave: () => events.onHover(undefined),
      },
    });
    this.terminal.loadAddon(this.fitter);
    this.terminal.loadAddon(this.searcher);
    for (const code of REFUSED_OSC) this.terminal.parser.registerOscHandler(code, () => true);
    this.leaveUnanswered();
    this.terminal.attachCustomKeyEventHandler((event) => this.isForProgram(event, events));
    host.addEventListener('paste', this.onPaste, { capture: true });
    this.terminal.open(host);
  }

  /** Fits the terminal into its host. Answers false while the host cannot be seen. */
  fit(): boolean {
    if (this.host.offsetParent === null || this.host.clientHeight === 0) return false;
    this.fitter.fit();
    return true;
  }

  restyle(look: TerminalLook): void {
    this.terminal.options.theme = look.theme;
    this.terminal.options.fontSize = look.fontSize;
    this.terminal.options.screenReaderMode = look.screenReader;
    this.fit();
  }

  /** Draws by the graphics card while it can be seen; there are only a few such contexts in a page. */
  async setVisible(visible: boolean): Promise<void> {
    this.wantsWebgl = visible;
    if (!visible) return this.dropWebgl();
    if (this.webgl || !hasGraphicsCard()) return;
    const { WebglAddon } = await import('@xterm/addon-webgl');
    if (!this.wantsWebgl || this.webgl) return;
    try {
      const addon = new WebglAddon();
      addon.onContextLoss(() => this.dropWebgl());
      this.terminal.loadAddon(addon);
      this.webgl = addon;
    } catch {
      // No WebGL here: xterm goes on drawing with elements.
      this.webgl = undefined;
    }
  }

  find(text: string, direction: 'next' | 'previous', incremental = false): boolean {
    return direction === 'next' ? this.searcher.findNext(text, { incremental }) : this.searcher.findPrevious(text);
  }

  dispose(): void {
    this.wantsWebgl = false;
    this.host.removeEventListener('paste', this.onPaste, { capture: true });
    this.dropWebgl();
    this.terminal.dispose();
  }

  /** The core answers what programs ask; an answer from here would be typed into the shell a second time. */
  private leaveUnanswered(): void {
    const { parser } = this.terminal;
    for (const question of TERMINAL_QUESTIONS.csi) parser.registerCsiHandler(question, () => true);
    for (const question of TERMINAL_QUESTIONS.dcs) parser.registerDcsHandler(question, () => true);
    for (const code of TERMINAL_QUESTIONS.oscOfColours) parser.registerOscHandler(code, (text) => text.includes('?'));
  }

  private dropWebgl(): void {
    this.webgl?.dispose();
    this.webgl = undefined;
  }

  private isForProgram(event: KeyboardEvent, events: ViewEvents): boolean {
    if (event.type !== 'keydown') return true;
    if (event.key === 'F6') {
      event.preventDefault();
      events.onKey('leave');
      return false;
    }
    if (event.ctrlKey && event.key === '`') return false;
    if (!event.ctrlKey || !event.shiftKey) return true;
    switch (event.code) {
      case 'KeyF':
        event.preventDefault();
        events.onKey('find');
        return false;
      case 'KeyC':
        event.preventDefault();
        if (this.terminal.hasSelection()) void navigator.clipboard.writeText(this.terminal.getSelection());
        return false;
      case 'KeyV':
        // The browser's own paste follows, which asks for no permission.
        return false;
      default:
        return true;
    }
  }

  private readonly onPaste = (event: ClipboardEvent): void => {
    event.preventDefault();
    event.stopPropagation();
    this.terminal.paste(cleanPaste(event.clipboardData?.getData('text/plain') ?? ''));
  };
}

/** Names under which drivers draw by the processor; there, elements are several times as quick as WebGL. */
const EMULATED = /swiftshader|llvmpipe|softpipe|software|basic render/i;

function hasGraphicsCard(): boolean {
  const context = document.createElement('canvas').getContext('webgl2', { failIfMajorPerformanceCaveat: true });
  if (!context) return false;
  const names = context.getExtension('WEBGL_debug_renderer_info');
  const name = String(context.getParameter(names ? names.UNMASKED_RENDERER_WEBGL : context.RENDERER));
  context.getExtension('WEBGL_lose_context')?.loseContext();
  return !EMULATED.test(name);
}
