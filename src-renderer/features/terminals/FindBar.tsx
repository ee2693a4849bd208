import { ActionIcon, TextInput } from '@mantine/core';
import { ArrowDown, ArrowUp, X } from 'lucide-react';
import { useState, type KeyboardEvent } from 'react';
import style from './TerminalDock.module.css';
import type { XtermView } from './xterm-view.ts';

/** Searches the terminal in view. */
export function FindBar({ view, onClose }: { readonly view: XtermView; onClose(): void }) {
  const [text, setText] = useState('');
  const [found, setFound] = useState(true);
  const find = (direction: 'next' | 'previous', sought = text, incremental = false) => setFound(sought === '' || view.find(sought, direction, incremental));
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Enter') find(event.shiftKey ? 'next' : 'previous');
    else if (event.key === 'Escape') onClose();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div className={style.find} role="search">
      <TextInput
        aria-label="Find in the terminal"
        placeholder="Find"
        value={text}
        autoFocus
        spellCheck={false}
        error={!found}
        onChange={({ currentTarget }) => {
          setText(currentTarget.value);
          find('next', currentTarget.value, true);
        }}
        onKeyDown={onKeyDown}
      />
      <ActionIcon aria-label="Previous (Enter)" title="Previous (Enter)" onClick={() => find('previous')}><ArrowUp size={14} /></ActionIcon>
      <ActionIcon aria-label="Next (Shift Enter)" title="Next (Shift Enter)" onClick={() => find('next')}><ArrowDown size={14} /></ActionIcon>
      <ActionIcon aria-label="Close the search" title="Close (Esc)" onClick={onClose}><X size={14} /></ActionIcon>
      <span className="visually-hidden" role="status">{found ? '' : 'Not found'}</span>
    </div>
  );
}
