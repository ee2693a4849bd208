const STYLES = {
  bold: [1, 22],
  dim: [2, 22],
  red: [31, 39],
  green: [32, 39],
  yellow: [33, 39],
  blue: [34, 39],
  magenta: [35, 39],
  cyan: [36, 39],
} as const;

export type Style = keyof typeof STYLES;
export type Paint = Readonly<Record<Style, (text: string) => string>>;

/** Functions that colour text, or leave it as it is. */
export function createPaint(colour: boolean): Paint {
  const styles = Object.entries(STYLES).map(([style, [open, close]]) => [
    style,
    (text: string) => (colour && text !== '' ? `\u001b[${open}m${text}\u001b[${close}m` : text),
  ]);
  return Object.fromEntries(styles) as Paint;
}

export type Symbols = {
  readonly good: string;
  readonly bad: string;
  readonly warning: string;
  readonly idle: string;
  readonly spinner: readonly string[];
  readonly bar: readonly [full: string, empty: string];
  readonly ellipsis: string;
  readonly arrow: string;
  readonly dot: string;
};

const UNICODE: Symbols = {
  good: '✓',
  bad: '✗',
  warning: '!',
  idle: '·',
  spinner: ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'],
  bar: ['━', '─'],
  ellipsis: '…',
  arrow: '→',
  dot: '·',
};

const ASCII: Symbols = {
  good: '+',
  bad: 'x',
  warning: '!',
  idle: '.',
  spinner: ['|', '/', '-', '\\'],
  bar: ['#', '.'],
  ellipsis: '...',
  arrow: '->',
  dot: '-',
};

export function chooseSymbols(unicode: boolean): Symbols {
  return unicode ? UNICODE : ASCII;
}
