import { ActionIcon, Menu } from '@mantine/core';
import { Plus, SquareTerminal } from 'lucide-react';
import { useEnvironment } from '../../state/environment.tsx';
import type { ShellRequest } from '../../state/dock.ts';
import { lookOfPhase } from '../../ui/phase.ts';
import { StateIcon } from '../../ui/StateIcon.tsx';
import style from './TerminalDock.module.css';

/** Opens a shell on the host or in a container of the set in view. */
export function NewShellMenu({ onOpen }: { onOpen(request: ShellRequest): void }) {
  const { directory, set, setStatus } = useEnvironment();
  if (directory === undefined) return null;
  return (
    <Menu position="top-start">
      <Menu.Target>
        <ActionIcon size={26} aria-label="New shell" title="New shell"><Plus size={15} /></ActionIcon>
      </Menu.Target>
      <Menu.Dropdown className={style.menu}>
        <Menu.Item leftSection={<SquareTerminal size={14} />} onClick={() => onOpen({ directory, set })}>
          On this machine, with the set’s variables
        </Menu.Item>
        <Menu.Label>In a container of {set}</Menu.Label>
        {(setStatus?.services ?? []).map(({ name, state }) => (
          <Menu.Item key={name} leftSection={<StateIcon look={lookOfPhase(state)} />} disabled={!RUNNING.has(state)} onClick={() => onOpen({ directory, set, service: name })}>
            {name}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

/** States in which a container can be entered. */
const RUNNING = new Set(['starting', 'ready', 'unhealthy']);
