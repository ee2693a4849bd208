const BEGIN = '# backlot begin';
const END = '# backlot end';
/** Stands in the first line of a block before which the file had no line end. */
const JOINED = ' (after a last line without an end)';

/** A hosts file with Backlot's block, in place of the one that it has. `cutBlock` undoes it byte for byte. Pure. */
export function withBlock(text: string, lines: readonly string[]): string {
  const rest = cutBlock(text);
  const end = rest.includes('\r\n') ? '\r\n' : '\n';
  const joined = rest !== '' && !rest.endsWith('\n');
  const block = [`${BEGIN}${joined ? JOINED : ''}`, ...lines, END].map((line) => `${line}${end}`).join('');
  return `${rest}${joined ? end : ''}${block}`;
}

/** A hosts file without Backlot's block; whatever else is in it, before and after, stays. Pure. */
export function cutBlock(text: string): string {
  const begin = beginOf(text);
  if (begin < 0) return text;
  const endOfMark = text.indexOf(END, begin);
  if (endOfMark < 0) return cutUnended(text, begin);
  const lineEnd = text.indexOf('\n', endOfMark);
  const after = lineEnd < 0 ? '' : text.slice(lineEnd + 1);
  return `${before(text, begin, after === '')}${after}`;
}

/** The lines of Backlot's block, or nothing where there is none. */
export function blockOf(text: string): string[] {
  const begin = beginOf(text);
  if (begin < 0) return [];
  const rest = text.slice(begin);
  const end = rest.indexOf(END);
  return (end < 0 ? rest : rest.slice(0, end + END.length)).split(/\r?\n/).filter(Boolean);
}

/** Without its last line, only lines that a block can have are taken for a part of it. */
function cutUnended(text: string, begin: number): string {
  const lines = text.slice(begin).split(/(?<=\n)/);
  const ours = lines.findIndex((line, index) => index > 0 && !/^\S+ \S+\r?\n?$/.test(line));
  return `${before(text, begin, ours < 0)}${ours < 0 ? '' : lines.slice(ours).join('')}`;
}

/** What stands before the block; the line end that the block brought goes with it, unless others wrote on after it. */
function before(text: string, begin: number, last: boolean): string {
  const joined = text.startsWith(`${BEGIN}${JOINED}`, begin) && last;
  return joined ? text.slice(0, begin).replace(/\r?\n$/, '') : text.slice(0, begin);
}

function beginOf(text: string): number {
  return text.startsWith(BEGIN) ? 0 : text.indexOf(`\n${BEGIN}`) + 1 || -1;
}
