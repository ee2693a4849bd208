/** The variables of a `.env` file: `NAME=value` lines, quotes, comments, `export`. Lines that are none of these are left to Compose to judge. */
export function readDotenv(text: string): Record<string, string> {
  const variables: Record<string, string> = {};
  const assignment = /^[ \t]*(?:export[ \t]+)?([A-Za-z_][\w.-]*)[ \t]*=[ \t]*("(?:\\[^]|[^"\\])*"|'[^']*'|[^\r\n]*)/gm;
  for (const [, name = '', raw = ''] of text.matchAll(assignment)) variables[name] = valueOf(raw);
  return variables;
}

function valueOf(raw: string): string {
  if (raw.length >= 2 && raw.startsWith("'") && raw.endsWith("'")) return raw.slice(1, -1);
  if (raw.length >= 2 && raw.startsWith('"') && raw.endsWith('"')) return raw.slice(1, -1).replace(/\\([^])/g, (_all, letter: string) => ESCAPES[letter] ?? letter);
  return raw.replace(/(^|[ \t])#.*$/, '').trimEnd();
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t' };
