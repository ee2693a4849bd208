import style from './Keys.module.css';

const isMac = /Mac|iPhone|iPad/.test(navigator.platform);

/** The system's main modifier as it stands on the key. */
export const modifierKey = isMac ? '⌘' : 'Ctrl ';

/** A shortcut such as `mod k` or `g s`, one key cap each. */
export function Keys({ keys }: { readonly keys: string }) {
  return (
    <span className={style.keys}>
      {keys.split(' ').map((key, position) => (
        <kbd key={`${key}${position}`} className={style.key}>
          {key === 'mod' ? modifierKey.trim() : key}
        </kbd>
      ))}
    </span>
  );
}
