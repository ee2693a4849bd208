import type { LogList } from './log-list.ts';

type Key = { readonly key: string; readonly shiftKey: boolean; readonly ctrlKey: boolean; readonly metaKey: boolean; readonly altKey: boolean };

/** The keys of the list, for its help. */
export const LOG_KEYS: readonly { readonly keys: string; readonly does: string }[] = [
  { keys: '/', does: 'Filter' },
  { keys: 'n N', does: 'Next and previous match' },
  { keys: '↑ ↓', does: 'Move by a line; with Shift, select' },
  { keys: '↵', does: 'Show the whole line' },
  { keys: 'End G', does: 'Go to the end and follow' },
  { keys: 'Home', does: 'Go to the start' },
  { keys: 'c', does: 'Copy the selected lines' },
  { keys: 'f', does: 'Follow on or off' },
  { keys: 'Esc', does: 'Forget the selection' },
];

/** Does what a key means in the list. Answers whether it meant anything. */
export function keyAction({ key, shiftKey, ctrlKey, metaKey, altKey }: Key, list: LogList): boolean {
  if (altKey) return false;
  if (ctrlKey || metaKey) {
    if (key === 'a') list.cursor.selectAll();
    return key === 'a';
  }
  const action = actions(list, shiftKey)[key];
  action?.();
  return action !== undefined;
}

function actions(list: LogList, extend: boolean): Readonly<Record<string, () => void>> {
  const { cursor } = list;
  return {
    ArrowDown: () => cursor.move(1, extend),
    ArrowUp: () => cursor.move(-1, extend),
    PageDown: () => cursor.move(list.pageRows, extend),
    PageUp: () => cursor.move(-list.pageRows, extend),
    Home: () => list.goTo('first'),
    End: () => list.goTo('last'),
    G: () => list.goTo('last'),
    n: () => void cursor.moveToHit(1),
    N: () => void cursor.moveToHit(-1),
    f: () => list.setFollowing(!list.isFollowing),
    c: () => void navigator.clipboard.writeText(cursor.text()),
    Enter: () => cursor.current && list.open(cursor.current),
    Escape: () => cursor.clear(),
  };
}
