export type Level = 'error' | 'warning' | 'info' | 'debug' | 'unknown';

/** Levels are written near the start of a line: `ERROR`, `level=warn`, `"level":"info"`, `[W]` of some, `LOG:` of PostgreSQL. */
const WORD = /\b(?:(fatal|panic|emerg(?:ency)?|crit(?:ical)?|err(?:or)?|severe)|(warn(?:ing)?)|(info|notice|log)|(debug|trace|verbose|fine))\b/i;

/** pino and bunyan write numbers: 10 trace … 60 fatal. */
const NUMBER = /"level":\s*(\d\d)\b/;

const LOOKED_AT = 240;

/** The level that a line states near its start, as a hint for colour and filter. */
export function levelOf(text: string): Level {
  const start = text.length > LOOKED_AT ? text.slice(0, LOOKED_AT) : text;
  const number = Number(NUMBER.exec(start)?.[1]);
  if (number >= 50) return 'error';
  if (number >= 40) return 'warning';
  if (number >= 30) return 'info';
  if (number >= 10) return 'debug';
  const word = WORD.exec(start);
  if (!word) return 'unknown';
  if (word[1]) return 'error';
  if (word[2]) return 'warning';
  return word[3] ? 'info' : 'debug';
}
