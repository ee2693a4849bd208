/** Whether a pattern can lead out of the folder that it is meant for, or stands for nothing. */
export function isUnsafe(pattern: string): boolean {
  return pattern === '' || pattern.includes('\0') || pattern.split(/[\\/]/).includes('..');
}

/** The folder below which everything lies that a pattern can match, or the one file or folder that it names. */
export function placeOf(pattern: string): { readonly path: string; readonly exact: boolean } {
  const parts = tidy(pattern).split('/');
  const wild = parts.findIndex((part) => /[*?{]/.test(part));
  if (wild === -1) return { path: parts.join('/'), exact: true };
  return { path: parts.slice(0, wild).join('/') || (pattern.startsWith('/') ? '/' : ''), exact: false };
}

function tidy(pattern: string): string {
  return pattern.replace(/^(\.\/)+/, '').replace(/(?<=.)\/+$/, '');
}

/** A pattern with `*`, `**`, `?` and `{a,b}` as a test of paths. A folder stands for everything below it. Pure. */
export function matcherOf(pattern: string): (path: string) => boolean {
  const source = tidy(pattern)
    .split(/(\*\*\/|\*\*|\*|\?|\{[^{}/]*\})/)
    .map((part) => {
      if (part === '**/') return '(?:[^/]+/)*';
      if (part === '**') return '.*';
      if (part === '*') return '[^/]*';
      if (part === '?') return '[^/]';
      return /^\{.*\}$/s.test(part) ? `(?:${part.slice(1, -1).split(',').map(escape).join('|')})` : escape(part);
    })
    .join('');
  const expression = new RegExp(`^${source}(?:/.*)?$`, 's');
  return (path) => expression.test(path);
}

function escape(text: string): string {
  return text.replaceAll(/[.+^$|()[\]\\{}*?]/g, String.raw`\$&`);
}
