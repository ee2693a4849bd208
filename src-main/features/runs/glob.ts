/** Patterns that a list of several would be as many as. */
const MOST_ALTERNATIVES = 1_000;

/** The patterns that one with `{a,b}` stands for; braces may hold braces, and anything else that patterns have. Pure. */
function alternativesOf(pattern: string): string[] {
  let all = [pattern];
  for (;;) {
    // The innermost ones first.
    const next = all.flatMap((one) => {
      const [whole, inner = ''] = /\{([^{}]*,[^{}]*)\}/.exec(one) ?? [];
      return whole === undefined ? [one] : inner.split(',').map((part) => one.replace(whole, () => part));
    });
    if (next.length === all.length || next.length > MOST_ALTERNATIVES) return all;
    all = next;
  }
}

/** Whether a pattern can lead out of the folder that it is meant for, or stands for nothing. */
export function isUnsafe(pattern: string): boolean {
  return alternativesOf(pattern).some((one) => one === '' || one.includes('\0') || one.split(/[\\/]/).includes('..'));
}

/** The folders below which everything lies that a pattern can match, or the files or folders that it names. */
export function placesOf(pattern: string): { readonly path: string; readonly exact: boolean }[] {
  return alternativesOf(pattern).map((one) => {
    const parts = tidy(one).split('/');
    const wild = parts.findIndex((part) => /[*?]/.test(part));
    if (wild === -1) return { path: parts.join('/'), exact: true };
    return { path: parts.slice(0, wild).join('/') || (one.startsWith('/') ? '/' : ''), exact: false };
  });
}

function tidy(pattern: string): string {
  return pattern.replace(/^(\.\/)+/, '').replace(/(?<=.)\/+$/, '');
}

/** A pattern with `*`, `**`, `?` and `{a,b}` as a test of paths. A folder stands for everything below it. Pure. */
export function matcherOf(pattern: string): (path: string) => boolean {
  const expressions = alternativesOf(pattern).map((one) => new RegExp(`^${sourceOf(one)}(?:/.*)?$`, 's'));
  return (path) => expressions.some((expression) => expression.test(path));
}

function sourceOf(pattern: string): string {
  return tidy(pattern)
    .split(/(\*\*\/|\*\*|\*|\?)/)
    .map((part) => {
      if (part === '**/') return '(?:[^/]+/)*';
      if (part === '**') return '.*';
      if (part === '*') return '[^/]*';
      return part === '?' ? '[^/]' : escape(part);
    })
    .join('');
}

function escape(text: string): string {
  return text.replaceAll(/[.+^$|()[\]\\{}*?]/g, String.raw`\$&`);
}
