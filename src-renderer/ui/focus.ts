import { useEffect } from 'react';

/** What takes the focus for a while, and goes. */
const PASSING = '[role="dialog"], [role="menu"]';
/** React has taken a closed dialog out of the page by then. */
const GONE_AFTER = 10;

let latest: HTMLElement | undefined;

/** Remembers what has the focus outside of dialogs and menus. */
export function useFocusFollowed(): void {
  useEffect(() => {
    const onFocus = ({ target }: FocusEvent) => {
      if (target instanceof HTMLElement && !target.closest(PASSING)) latest = target;
    };
    document.addEventListener('focusin', onFocus);
    return () => document.removeEventListener('focusin', onFocus);
  }, []);
}

/** Gives the focus that went with a dialog back to what had it before the dialog and the menu that led there, else to the page. */
export function giveFocusBack(): void {
  const isLost = () => document.activeElement === document.body;
  setTimeout(() => {
    if (isLost()) latest?.focus({ preventScroll: true });
    if (isLost()) document.getElementById('page')?.focus({ preventScroll: true });
  }, GONE_AFTER);
}

/** For a dialog that is mounted only while it is open: gives the focus back when it goes. */
export function useFocusGivenBack(): void {
  useEffect(() => giveFocusBack, []);
}
