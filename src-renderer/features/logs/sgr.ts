export type Color = { readonly kind: 'palette'; readonly index: number } | { readonly kind: 'exact'; readonly value: string };

/** How a run of characters looks. Concealed and blinking text are not among it: a log hides nothing and keeps still. */
export type Style = {
  readonly foreground?: Color;
  readonly background?: Color;
  readonly bold?: true;
  readonly dim?: true;
  readonly italic?: true;
  readonly underline?: true;
  readonly strike?: true;
  readonly inverse?: true;
};

export const plain: Style = {};

/** More parameters than any program writes in one sequence. */
const MOST_PARAMETERS = 64;

type Flag = 'bold' | 'dim' | 'italic' | 'underline' | 'strike' | 'inverse';

const SETS: Readonly<Record<number, Flag>> = { 1: 'bold', 2: 'dim', 3: 'italic', 4: 'underline', 7: 'inverse', 9: 'strike', 21: 'underline' };
const CLEARS: Readonly<Record<number, readonly (keyof Style)[]>> = {
  22: ['bold', 'dim'], 23: ['italic'], 24: ['underline'], 27: ['inverse'], 29: ['strike'], 39: ['foreground'], 49: ['background'],
};

/** The style after one `ESC [ parameters m`. What it does not know changes nothing. */
export function applySgr(before: Style, parameters: string): Style {
  const codes = parameters.slice(0, 1000).split(';', MOST_PARAMETERS);
  let style = before;
  for (let index = 0; index < codes.length; index++) {
    const [code = 0, ...rest] = (codes[index] ?? '').split(':').map(Number);
    if (code === 38 || code === 48) {
      const extended = rest.length > 0 ? readColonColor(rest) : readColor(codes.slice(index + 1, index + 5).map(Number));
      if (rest.length === 0) index += extended.length;
      if (extended.color) style = { ...style, [code === 38 ? 'foreground' : 'background']: extended.color };
    } else if (code === 4 && rest[0] === 0) style = without(style, ['underline']);
    else style = applyCode(style, code);
  }
  return Object.keys(style).length === 0 ? plain : style;
}

function applyCode(style: Style, code: number): Style {
  if (code === 0) return plain;
  const flag = SETS[code];
  if (flag) return { ...style, [flag]: true };
  const cleared = CLEARS[code];
  if (cleared) return without(style, cleared);
  if (code >= 30 && code <= 37) return { ...style, foreground: { kind: 'palette', index: code - 30 } };
  if (code >= 90 && code <= 97) return { ...style, foreground: { kind: 'palette', index: code - 82 } };
  if (code >= 40 && code <= 47) return { ...style, background: { kind: 'palette', index: code - 40 } };
  if (code >= 100 && code <= 107) return { ...style, background: { kind: 'palette', index: code - 92 } };
  return style;
}

type Extended = { readonly color?: Color; readonly length: number };

/** `5;N` or `2;R;G;B`, with how many parameters it took. */
function readColor([form, first = 0, second = 0, third = 0]: readonly number[]): Extended {
  if (form === 5) return { color: indexed(first), length: 2 };
  if (form === 2) return { color: exact(first, second, third), length: 4 };
  return { length: 0 };
}

/** `5:N`, `2:R:G:B` or `2:SPACE:R:G:B`. */
function readColonColor(parts: readonly number[]): Extended {
  return parts[0] === 2 && parts.length > 4 ? readColor([2, ...parts.slice(2)]) : readColor(parts);
}

function indexed(index: number): Color {
  if (!(index >= 16)) return { kind: 'palette', index: byte(index) };
  if (index >= 232) {
    const level = 8 + (Math.min(index, 255) - 232) * 10;
    return exact(level, level, level);
  }
  const [red, green, blue] = [36, 6, 1].map((step) => [0, 95, 135, 175, 215, 255][Math.floor((index - 16) / step) % 6] ?? 0);
  return exact(red ?? 0, green ?? 0, blue ?? 0);
}

function exact(...parts: readonly [number, number, number]): Color {
  return { kind: 'exact', value: `#${parts.map((part) => byte(part).toString(16).padStart(2, '0')).join('')}` };
}

function byte(value: number): number {
  return Number.isFinite(value) ? Math.max(0, Math.min(255, Math.trunc(value))) : 0;
}

function without(style: Style, keys: readonly (keyof Style)[]): Style {
  return Object.fromEntries(Object.entries(style).filter(([key]) => !keys.includes(key as keyof Style)));
}
