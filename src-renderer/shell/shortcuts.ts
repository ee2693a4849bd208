import { useEffect } from 'react';
import { useLocation } from 'wouter';
import { create } from 'zustand';
import { useDock } from '../state/dock.ts';
import { PAGES } from './pages.tsx';

/** Whether the dialog that lists the shortcuts is open. */
export const useShortcutsDialog = create(() => ({ open: false }));

/** Every shortcut of the whole window, for the dialog. */
export const SHORTCUTS: readonly { readonly keys: string; readonly does: string }[] = [
  { keys: 'mod k', does: 'Search or run anything' },
  { keys: '?', does: 'Show these shortcuts' },
  { keys: 'Ctrl `', does: 'Show or hide the terminals' },
  ...PAGES.map(({ shortcut, title }) => ({ keys: shortcut, does: `Go to ${title}` })),
  { keys: '/', does: 'Filter the list in view' },
  { keys: 'j k', does: 'Next and previous service' },
  { keys: 'r', does: 'On Releases: roll the target back' },
  { keys: 'Esc', does: 'Close the panel or dialog' },
  { keys: 'Alt ↵', does: 'In the palette: copy as command' },
];

const SECOND_KEY_WITHIN = 900;

/** Listens for the window's shortcuts. Mounted once, by the shell. */
export function useShortcuts(): void {
  const [, navigate] = useLocation();
  useEffect(() => {
    let leader = 0;
    const onKey = (event: KeyboardEvent) => {
      if (event.ctrlKey && event.key === '`') {
        event.preventDefault();
        const { open, setOpen } = useDock.getState();
        return setOpen(!open);
      }
      if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
      const page = Date.now() - leader < SECOND_KEY_WITHIN ? PAGES.find(({ shortcut }) => shortcut === `g ${event.key}`) : undefined;
      leader = event.key === 'g' ? Date.now() : 0;
      if (page) return navigate(page.path);
      if (event.key === '?') useShortcutsDialog.setState({ open: true });
      if (event.key === '/') focusFilter(event);
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, [navigate]);
}

function focusFilter(event: KeyboardEvent): void {
  const filter = document.querySelector<HTMLInputElement>('[data-filter]');
  if (!filter) return;
  event.preventDefault();
  filter.focus();
  filter.select();
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.closest('input, textarea, select, [contenteditable], .xterm') !== null;
}
