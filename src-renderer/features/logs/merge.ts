type Timed = { readonly time: string };

/** How many of the lines that are already there a late one may go before. */
export const MOST_MOVED = 5000;

/** Orders lines by time; lines of one moment keep their order. What is in order already is returned as it is. */
export function orderByTime<T extends Timed>(lines: readonly T[]): readonly T[] {
  const ordered = lines.every((line, index) => index === 0 || isOrdered(lines[index - 1], line));
  return ordered ? lines : [...lines].sort((left, right) => compareTimes(left.time, right.time));
}

/** How many of the lines before `end` are later than `time`, at most `MOST_MOVED`: those that a late line goes before. */
export function countLater(timeAt: (position: number) => string | undefined, end: number, time: string): number {
  let count = 0;
  while (count < MOST_MOVED) {
    const there = timeAt(end - 1 - count);
    if (there === undefined || compareTimes(there, time) <= 0) break;
    count += 1;
  }
  return count;
}

/** Two ordered lists as one; where times are equal, `before` comes first. */
export function mergeOrdered<T extends Timed>(before: readonly T[], after: readonly T[]): T[] {
  const merged: T[] = [];
  let index = 0;
  for (const line of after) {
    for (let earlier = before[index]; earlier && compareTimes(earlier.time, line.time) <= 0; earlier = before[index]) {
      merged.push(earlier);
      index += 1;
    }
    merged.push(line);
  }
  return [...merged, ...before.slice(index)];
}

/** Compares RFC 3339 times to the nanosecond. Engines give UTC with nine digits, which compares as text. */
export function compareTimes(left: string, right: string): number {
  if (left.length === right.length && left.endsWith('Z') && right.endsWith('Z')) return left < right ? -1 : left > right ? 1 : 0;
  const difference = Date.parse(left) - Date.parse(right);
  if (difference !== 0) return Number.isNaN(difference) ? 0 : difference;
  return fractionOf(left) - fractionOf(right);
}

function fractionOf(time: string): number {
  return Number(/\.\d+/.exec(time)?.[0] ?? 0);
}

function isOrdered(previous: Timed | undefined, line: Timed): boolean {
  return previous === undefined || compareTimes(previous.time, line.time) <= 0;
}
