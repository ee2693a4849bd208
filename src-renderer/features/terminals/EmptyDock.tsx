import { Button } from '@mantine/core';
import { SquareTerminal } from 'lucide-react';
import type { ShellRequest } from '../../state/dock.ts';
import { useEnvironment } from '../../state/environment.tsx';
import style from './TerminalDock.module.css';

/** The dock without a terminal: what it is for and how to begin. */
export function EmptyDock({ onOpen }: { onOpen(request: ShellRequest): void }) {
  const { directory, set } = useEnvironment();
  return (
    <div className={style.empty}>
      <p>Shells opened here go on while you look at other pages, and after a reload.</p>
      {directory !== undefined && (
        <Button leftSection={<SquareTerminal size={14} />} onClick={() => onOpen({ directory, set })}>
          Shell on this machine
        </Button>
      )}
    </div>
  );
}
