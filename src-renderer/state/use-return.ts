import { useEffect } from 'react';

/** Calls `back` when somebody comes back to the window, from an editor or another tab, as long as there is a `back`. */
export function useReturn(back: (() => void) | undefined): void {
  useEffect(() => {
    if (!back) return undefined;
    const onReturn = () => document.hidden || back();
    window.addEventListener('focus', onReturn);
    document.addEventListener('visibilitychange', onReturn);
    return () => {
      window.removeEventListener('focus', onReturn);
      document.removeEventListener('visibilitychange', onReturn);
    };
  }, [back]);
}
