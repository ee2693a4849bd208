const BEGIN = '# backlot begin';
const END = '# backlot end';
/** Stands in the first line of a block before which the file had no line end. */
const JOINED = ' (after a last line without an end)';
/** Ends each line of a block, so that it is known also where the block's own last line was lost. */
const MARK = ' # backlot';

/** A hosts file with Backlot's block, in place of the one that it has. `cutBlock` undoes it byte for byte. Pure. */
export function withBlock(text: string, lines: readonly string[]): string {
  const rest = cutBlock(text);
  const end = rest.includes('\r\n') ? '\r\n' : '\n';
  const joined = rest !== '' && !rest.endsWith('\n');
  const block = [`${BEGIN}${joined ? JOINED : ''}`, ...lines.map((line) => line + MARK), END].map((line) => `${line}${end}`).join('');
  return `${rest}${joined ? end : ''}${block}`;
}

/** A hosts file without Backlot's block; whatever else is in it, before and after, stays. Pure. */
export function cutBlock(text: string): string {
  const { begin, end } = placeOf(text);
  if (begin < 0) return text;
  const [before, after] = [text.slice(0, begin), text.slice(end)];
  // The line end that the block brought goes with it, unless others wrote on after it.
  const brought = after === '' && text.startsWith(`${BEGIN}${JOINED}`, begin);
  return `${brought ? before.replace(/\r?\n$/, '') : before}${after}`;
}

/** Backlot's block as it stands there, or nothing where there is none. Pure. */
export function blockOf(text: string): string {
  const { begin, end } = placeOf(text);
  return begin < 0 ? '' : text.slice(begin, end);
}

/** What was written into the block. Pure. */
export function linesInBlock(text: string): string[] {
  return blockOf(text).split(/\r?\n/).filter((line) => line.endsWith(MARK)).map((line) => line.slice(0, -MARK.length));
}

function placeOf(text: string): { readonly begin: number; readonly end: number } {
  const begin = text.startsWith(BEGIN) ? 0 : text.indexOf(`\n${BEGIN}`) + 1 || -1;
  if (begin < 0) return { begin, end: begin };
  let end = begin;
  for (const [index, line] of text.slice(begin).split(/(?<=\n)/).entries()) {
    const last = line.trimEnd() === END;
    // Where others wrote between our lines, or the last one was lost, what is theirs begins here.
    if (index > 0 && !last && !line.trimEnd().endsWith(MARK)) break;
    end += line.length;
    if (last) break;
  }
  return { begin, end };
}
