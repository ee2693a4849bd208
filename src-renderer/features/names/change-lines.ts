export type ChangeLine = { readonly sign: '+' | '-' | ' '; readonly text: string };

/** Unchanged lines kept on each side of what changes. */
const AROUND = 2;

/** What becomes of a file or setting, line by line: what goes, what comes, and a little of what stays around it. */
export function changeLines(now: string, then: string): readonly ChangeLine[] {
  const before = linesOf(now);
  const after = linesOf(then);
  const most = Math.min(before.length, after.length);
  let start = 0;
  while (start < most && before[start] === after[start]) start += 1;
  let end = 0;
  while (end < most - start && before[before.length - 1 - end] === after[after.length - 1 - end]) end += 1;
  const signed = (sign: ChangeLine['sign'], lines: readonly string[]) => lines.map((text) => ({ sign, text }));
  return [
    ...signed(' ', before.slice(Math.max(0, start - AROUND), start)),
    ...signed('-', before.slice(start, before.length - end)),
    ...signed('+', after.slice(start, after.length - end)),
    ...signed(' ', before.slice(before.length - end, before.length - end + AROUND)),
  ];
}

function linesOf(text: string): readonly string[] {
  return text === '' ? [] : text.replace(/\n$/, '').split('\n');
}
