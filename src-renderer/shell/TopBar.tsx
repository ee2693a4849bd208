import { ActionIcon } from '@mantine/core';
import { spotlight } from '@mantine/spotlight';
import { Search, SquareTerminal } from 'lucide-react';
import { useDock } from '../state/dock.ts';
import { modifierKey } from '../ui/Keys.tsx';
import { EngineChip } from './EngineChip.tsx';
import { OperationChip } from './OperationChip.tsx';
import { ProjectSwitch } from './ProjectSwitch.tsx';
import { SetSwitch } from './SetSwitch.tsx';
import style from './TopBar.module.css';

/** What is looked at, at the left; what is going on, at the right. */
export function TopBar() {
  const { open, setOpen } = useDock();
  return (
    <header className={style.bar}>
      <ProjectSwitch />
      <SetSwitch />
      <div className={style.space} />
      <OperationChip />
      <button type="button" className={style.search} onClick={() => spotlight.open()}>
        <Search size={14} aria-hidden="true" />
        <span>Search or run</span>
        <kbd>{modifierKey}K</kbd>
      </button>
      <EngineChip />
      <ActionIcon size={30} aria-label="Terminals" title="Terminals (Ctrl `)" aria-pressed={open} data-on={open || undefined} className={style.toggle} onClick={() => setOpen(!open)}>
        <SquareTerminal size={16} />
      </ActionIcon>
    </header>
  );
}
