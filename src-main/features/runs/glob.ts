/** Whether a pattern can lead out of the folder that it is meant for, or stands for nothing. */
export function isUnsafe(pattern: string): boolean {
  return pattern === '' || pattern.includes('\0') || pattern.split(/[\\/]/).includes('..');
}

/** The folder below which everything lies that a pattern can match. */
export function folderOf(pattern: string): string {
  const parts = pattern.split('/');
  const wild = parts.findIndex((part) => /[*?{[]/.test(part));
  return parts.slice(0, wild === -1 ? -1 : wild).join('/') || (pattern.startsWith('/') ? '/' : '');
}

/** A pattern with `*`, `**`, `?` and `{a,b}` as a test of paths. A folder stands for everything below it. Pure. */
export function matcherOf(pattern: string): (path: string) => boolean {
  const clean = pattern.replace(/^(\.\/)+/, '').replace(/\/+$/, '/**');
  const source = clean
    .split(/(\*\*\/|\*\*|\*|\?|\{[^{}/]*\})/)
    .map((part) => {
      if (part === '**/') return '(?:[^/]+/)*';
      if (part === '**') return '.*';
      if (part === '*') return '[^/]*';
      if (part === '?') return '[^/]';
      return /^\{.*\}$/s.test(part) ? `(?:${part.slice(1, -1).split(',').map(escape).join('|')})` : escape(part);
    })
    .join('');
  const expression = new RegExp(`^${source}$`, 's');
  return (path) => expression.test(path);
}

function escape(text: string): string {
  return text.replaceAll(/[.+^$|()[\]\\{}*?]/g, String.raw`\$&`);
}
