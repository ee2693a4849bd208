import type { ITheme } from '@xterm/xterm';

const DARK: ITheme = {
  black: '#3d3e3a', red: '#ff8d80', green: '#6fd09a', yellow: '#edbd5d', blue: '#82b8f4', magenta: '#d99ae8', cyan: '#62c3d8', white: '#c9c6bc',
  brightBlack: '#959287', brightRed: '#ffb0a6', brightGreen: '#95e3b6', brightYellow: '#f6d58c', brightBlue: '#a9cff9', brightMagenta: '#e7bcf2', brightCyan: '#92dbea', brightWhite: '#ffffff',
};

const LIGHT: ITheme = {
  black: '#1c1a16', red: '#b02a20', green: '#1d7042', yellow: '#865200', blue: '#1a62b4', magenta: '#8e3aa0', cyan: '#0b6479', white: '#6b665c',
  brightBlack: '#504c44', brightRed: '#c8382c', brightGreen: '#2a8753', brightYellow: '#a06405', brightBlue: '#2a76cc', brightMagenta: '#a54eb8', brightCyan: '#0d7f9a', brightWhite: '#3a3731',
};

/** The terminal's colours in the page's theme: its paper and ink from the tokens, the sixteen of programs our own. */
export function terminalTheme(scheme: 'light' | 'dark'): ITheme {
  const token = (name: string) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  return {
    ...(scheme === 'dark' ? DARK : LIGHT),
    background: token('--panel'),
    foreground: token('--ink'),
    cursor: token('--lamp'),
    cursorAccent: token('--panel'),
    selectionBackground: scheme === 'dark' ? '#2f5660' : '#b9dbe2',
    scrollbarSliderBackground: token('--line-strong'),
  };
}
