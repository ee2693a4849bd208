import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import type { Rectangle } from 'electron';
import { z } from 'zod';

const Place = z.object({ x: z.number().int(), y: z.number().int(), width: z.number().int().min(480), height: z.number().int().min(320), maximized: z.boolean() });
/** Where a window stood. */
export type Place = z.infer<typeof Place>;

/** How much of a window must be on a display, so that it can be taken hold of. */
const VISIBLE = { width: 120, height: 60 };

/** Where to put a window: where it stood, unless no display shows that place any more. */
export function placeFor(stored: Place | undefined, displays: readonly Rectangle[]): Partial<Place> {
  if (!stored) return { width: 1280, height: 820 };
  const reachable = displays.some((display) => overlap(stored, display, 'x', 'width') >= VISIBLE.width && overlap(stored, display, 'y', 'height') >= VISIBLE.height);
  return reachable ? stored : { width: stored.width, height: stored.height, maximized: stored.maximized };
}

function overlap(first: Rectangle, second: Rectangle, at: 'x' | 'y', size: 'width' | 'height'): number {
  return Math.min(first[at] + first[size], second[at] + second[size]) - Math.max(first[at], second[at]);
}

/** The place in `file`; `undefined` where there is none that makes sense. */
export function readPlace(file: string): Place | undefined {
  try {
    return Place.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return undefined;
  }
}

/** Writes at once, because it is called while the window closes. A place that cannot be kept is no reason to stop anybody. */
export function writePlace(file: string, place: Place): void {
  try {
    writeFileSync(`${file}.new`, JSON.stringify(place));
    renameSync(`${file}.new`, file);
  } catch {
    // The window opens at its usual place the next time.
  }
}
